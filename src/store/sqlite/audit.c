/*
 * audit.c -- the audit trail in an SQLite file, and what to count.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/audit.h"

#include "base/clock.h"
#include "base/mem.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* How long a change is remembered; as in schema/pgsql/overrides.sql. */
static const int64_t memory_ms = (int64_t)400 * 86400 * 1000;

int
audit_add(struct sqlite_db *db, const char *action, const char *subject,
    const char *detail)
{
	int64_t now_ms = clock_wall_ms();

	if (db->actor.name == NULL)
		return 0;
	if (db_run(db, SQL_AUDIT_ADD, DB_INT(now_ms), DB_TEXT(db->actor.name),
		DB_TEXT(db->actor.origin), DB_TEXT(action), DB_TEXT(subject),
		DB_TEXT(detail)) != 0)
		return -1;
	return db_run(db, SQL_AUDIT_FORGET, DB_INT(now_ms - memory_ms));
}

int
audit_block(struct sqlite_db *db, const char *account, uint32_t duration_s,
    const char *note)
{
	json_t *object = json_pack("{sI ss}", "duration",
	    (json_int_t)duration_s, "reason", note);
	char *detail = json_dumps(object, JSON_COMPACT);
	int result = audit_add(db, "block", account, detail);

	free(detail);
	json_decref(object);
	return result;
}

enum store_result
sqlite_note_change(void *self, const char *action, const char *subject,
    const char *detail, int64_t deadline_ms)
{
	struct sqlite_db *db = self;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	if (db_begin(db, true) == 0 &&
	    audit_add(db, action, subject, detail) == 0 && db_commit(db) == 0)
		return STORE_DONE;
	db_fail(db);
	return STORE_FAILED;
}

static void
take(sqlite3_stmt *row, struct change *change)
{
	change->id = sqlite3_column_int64(row, 0);
	change->at_ms = sqlite3_column_int64(row, 1);
	change->actor = mem_dup(db_text(row, 2));
	change->origin = mem_dup(db_text(row, 3));
	change->action = mem_dup(db_text(row, 4));
	change->subject = mem_dup(db_text(row, 5));
	change->detail = mem_dup(db_text(row, 6));
}

enum store_result
sqlite_list_changes(void *self, int64_t before, size_t most,
    struct change **changes, size_t *count, int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	sqlite3_stmt *rows;
	int more;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	*changes = mem_new(most, sizeof(**changes));
	rows = db_query(db, SQL_AUDIT_LIST, DB_INT(before),
	    DB_INT((int64_t)most));
	while ((more = db_step(db, rows)) > 0)
		take(rows, &(*changes)[(*count)++]);
	if (more == 0) {
		trouble_end(&db->trouble);
		return STORE_DONE;
	}
	db_fail(db);
	for (size_t i = 0; i < *count; i++)
		change_clear(&(*changes)[i]);
	free(*changes);
	*changes = NULL;
	*count = 0;
	return STORE_FAILED;
}

enum store_result
sqlite_count(void *self, struct totals *totals, int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	sqlite3_stmt *row;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	row = db_query(db, SQL_TOTALS, DB_INT(clock_wall_ms()));
	if (db_step(db, row) <= 0) {
		db_fail(db);
		return STORE_FAILED;
	}
	totals->blocked = (uint64_t)sqlite3_column_int64(row, 0);
	totals->overrides = (uint64_t)sqlite3_column_int64(row, 1);
	totals->outbox = (uint64_t)sqlite3_column_int64(row, 2);
	totals->outbox_since_ms = sqlite3_column_int64(row, 3);
	db_done(row);
	trouble_end(&db->trouble);
	return STORE_DONE;
}
