/*
 * older_logins.c -- places that an account's row has no room for, in SQLite.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/older_logins.h"

#include "base/mem.h"
#include "store/sqlite/account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Take a row of network, country, autonomous system, last seen. */
static void
add_row(struct work *work, size_t *room, sqlite3_stmt *row)
{
	struct place *place;

	if (work->row_count == *room) {
		*room = 2 * *room + 64;
		work->rows = mem_grow(work->rows, *room, sizeof(*work->rows));
	}
	place = &work->rows[work->row_count];
	memset(place, 0, sizeof(*place));
	if (addr_parse(db_text(row, 0), &place->network) != 0)
		return;
	snprintf(place->country, sizeof(place->country), "%s",
	    db_text(row, 1));
	place->asn = (uint32_t)sqlite3_column_int64(row, 2);
	place->last_ms = sqlite3_column_int64(row, 3);
	place->written_ms = place->last_ms;
	work->row_count++;
}

static int
load_networks(struct sqlite_db *db, struct work *work)
{
	size_t room = 0;

	for (size_t i = 0; i < work->check_count; i++) {
		const struct addr *network = &work->checks[i]->login.network;
		char text[ADDR_TEXT_SIZE];
		sqlite3_stmt *row;
		int found;

		if (network->bits == 0 ||
		    state_find(&work->state, network) != NULL)
			continue;
		row = db_query(db, SQL_LOGIN_FIND, DB_TEXT(work->account),
		    DB_TEXT(addr_format(network, text)));
		found = db_step(db, row);
		if (found < 0)
			return -1;
		if (found > 0) {
			add_row(work, &room, row);
			db_done(row);
		}
	}
	return 0;
}

int
sqlite_load_older(void *self, struct work *const *works, size_t count,
    int64_t deadline_ms)
{
	struct sqlite_db *db = self;

	(void)deadline_ms; /* that of the load */
	for (size_t i = 0; i < count; i++) {
		struct work *work = works[i];

		if (work->older_text != NULL)
			older_read(&work->older, work->older_text,
			    work->state.complete_ms);
		if (load_networks(db, work) != 0) {
			db_fail(db);
			return -1;
		}
	}
	return 0;
}

int
sqlite_load_rows(void *self, struct work *work, size_t most,
    int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	sqlite3_stmt *rows = db_query(db, SQL_LOGINS_NEWEST,
	    DB_TEXT(work->account), DB_INT((int64_t)most));
	size_t room = 0;
	int more;

	(void)deadline_ms; /* that of the load */
	while ((more = db_step(db, rows)) > 0)
		add_row(work, &room, rows);
	if (more != 0)
		db_fail(db);
	return more;
}

int
older_trim(struct sqlite_db *db, const struct work *work)
{
	return work->trim_ms == 0 ? 0 : db_run(db, SQL_LOGINS_TRIM,
	    DB_TEXT(work->account), DB_INT(work->trim_ms));
}
