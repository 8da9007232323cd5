/*
 * scene_hits.c -- what is reported of any account; whose turn it is.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "scenes.h"
#include "store/report_hits.h"

#include "base/clock.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 100 };

/* Names with all that arrays, rows and JSON have a meaning for. */
static const char *const names[] = { "{joe}@example.com", "a,b@example.com",
	"\"quoted\"@example.com", "back\\slash@example.com", "NULL",
	"(x)@example.com", "o'neill@example.com", "\xc5\x81ukasz@example.com" };
enum { NAMES = sizeof(names) / sizeof(names[0]) };

static void
log_in(struct world *world, const char *account, const char *network)
{
	struct check check = { .account = account, .instance = "",
		.settings = &world->config.settings };

	ck_assert_int_eq(addr_parse(network, &check.login.network), 0);
	check.login.client = check.login.network;
	store_check(world->store, &check, 1, world_deadline());
	ck_assert_int_eq(check.result, STORE_DONE);
}

/* The store's views call a cause what the program calls it. */
void
scene_causes(struct world *world, struct text *told)
{
	bool is_pg = world->kind == SIDE_PGSQL;

	/* As many as there are, and one that is none. */
	for (int i = 1; i == 1 || cause_words((enum cause)(i - 1)) != NULL;
	     i++) {
		const char *words = cause_words((enum cause)i);
		char sql[100], wanted[80], *name;

		snprintf(sql, sizeof(sql), is_pg ?
		    "SELECT policyd.cause_name(%d)" :
		    "SELECT (SELECT name FROM cause WHERE cause = %d)", i);
		snprintf(wanted, sizeof(wanted), "%s", words != NULL ? words :
								       "-");
		name = side_sql(world->side, sql);
		name[strcspn(name, "\n")] = '\0';
		ck_assert_str_eq(name, wanted);
		text_printf(told, "%d %s\n", i, name);
		free(name);
	}
}

void
scene_hits_of_odd_names(struct world *world, struct text *told)
{
	struct hit *hits;
	size_t count;

	world->config.settings.limits[MEASURE_NETWORKS] = 1;
	for (size_t i = 0; i < NAMES; i++) {
		log_in(world, names[i], "192.0.2.1");
		log_in(world, names[i], "192.0.2.2");
	}
	ck_assert_int_eq(store_hits(world->console, MOST, &hits, &count,
	    world_deadline()), STORE_DONE);
	ck_assert_uint_eq(count, NAMES);
	for (size_t i = 0; i < count; i++)
		text_printf(told, "%s %llu\n", hits[i].account,
		    (unsigned long long)hits[i].times);
	ck_assert_int_eq(store_reported(world->console, hits, count,
	    world_deadline()), STORE_DONE);
	for (size_t i = 0; i < count; i++)
		hit_clear(&hits[i]);
	free(hits);
	/* All were reported, and are forgotten. */
	ck_assert_int_eq(store_hits(world->console, MOST, &hits, &count,
	    world_deadline()), STORE_DONE);
	ck_assert_uint_eq(count, 0);
	free(hits);
}

void
scene_turn_from_the_future(struct world *world, struct text *told)
{
	int64_t now_ms = clock_wall_ms();
	enum store_result taken;

	/* A host whose clock is 30 days ahead took it. */
	clock_set_wall_ms(now_ms + (int64_t)30 * 86400 * 1000);
	ck_assert_int_eq(store_take_turn(world->store, "clean", 60,
	    world_deadline()), STORE_DONE);
	ck_assert_int_eq(store_take_turn(world->console, "clean", 60,
	    world_deadline()), STORE_NONE);
	clock_set_wall_ms(now_ms);
	taken = store_take_turn(world->console, "clean", 60,
	    world_deadline());
	text_printf(told, "taken: %d\n", (int)taken);
	ck_assert_int_eq(taken, STORE_DONE);
	ck_assert_int_eq(store_take_turn(world->store, "clean", 60,
	    world_deadline()), STORE_NONE);
}
