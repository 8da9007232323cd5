/*
 * audit.c -- the audit trail of blocks in an SQLite file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/audit.h"

#include "base/clock.h"
#include "base/mem.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* How long a change is remembered; as in statements/sqlite.sql. */
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
