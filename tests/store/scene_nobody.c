/*
 * scene_nobody.c -- blocks whose account is not there.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "scenes.h"

#include "base/clock.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

/* More than are ended in one go. */
enum { NOBODIES = 120 };

/* Somebody deleted rows by hand: what is left does not keep the blocks of
 * others from being ended. */
void
scene_blocks_of_nobody(struct world *world, struct text *told)
{
	const char *schema = world->kind == SIDE_PGSQL ? "policyd." : "";
	int64_t began_ms = clock_wall_ms();
	char account[32], sql[80];
	uint64_t ended;
	char *open;

	for (int i = 0; i < NOBODIES; i++) {
		snprintf(account, sizeof(account), "nobody%d", i);
		ck_assert_int_eq(store_block(world->store, account, 60, "",
		    world_deadline()), STORE_DONE);
	}
	snprintf(sql, sizeof(sql), "DELETE FROM %saccount", schema);
	free(side_sql(world->side, sql));
	clock_set_wall_ms(began_ms + 1000);
	ck_assert_int_eq(store_block(world->store, "joe", 60, "",
	    world_deadline()), STORE_DONE);
	clock_set_wall_ms(began_ms + 120000);
	ck_assert_int_eq(store_expire(world->store, &ended,
	    world_deadline()), STORE_DONE);
	text_printf(told, "ended %d\n", (int)ended);
	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %sblock WHERE "
	    "ended_at IS NULL", schema);
	open = side_sql(world->side, sql);
	text_printf(told, "open %s", open);
	free(open);
	ck_assert_str_eq(told->bytes, "ended 121\nopen 0\n");
}
