/*
 * connection.c -- one connection to an SQLite file, and its statements.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/connection.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/sqlite/run_statement.h"
#include "store/sqlite/scratch.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* While in trouble nobody waits long for the file. */
	PATIENCE_MS = 20,
};

static const char *const statements[SQL_COUNT] = {
#define STATEMENT(name, sql) [SQL_##name] = sql,
#include "store/sqlite/statements.def"
#undef STATEMENT
};

struct sqlite_db *
db_new(const struct store_setup *setup)
{
	struct sqlite_db *db = mem_new(1, sizeof(*db));

	db->setup = setup;
	db->path = setup->store->url + strlen("sqlite:");
	db->is_scratch = db->path[0] == '\0';
	return db;
}

void
db_free(struct sqlite_db *db)
{
	if (db == NULL)
		return;
	db_close(db);
	free(db);
}

/*
 * Before the file is closed: if it was moved or its log deleted, the library
 * would not carry the log over, or would delete what has its name by now.
 */
static void
leave_log(struct sqlite_db *db)
{
	int is_kept = 1;

	if (db->handle == NULL || db->file.inode == 0 ||
	    (sqlite_file_is_same(&db->file, db->path) &&
		sqlite_file_has_log(&db->file, db->path)))
		return;
	sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_PERSIST_WAL,
	    &is_kept);
	sqlite3_wal_checkpoint_v2(db->handle, "main",
	    SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

void
db_close(struct sqlite_db *db)
{
	leave_log(db);
	sqlite_run_forget(db);
	for (size_t i = 0; i < SQL_COUNT; i++) {
		sqlite3_finalize(db->statements[i]);
		db->statements[i] = NULL;
	}
	sqlite3_close(db->handle);
	db->handle = NULL;
	db->must_last = false;
	db->wal_tried = 0;
}

bool
db_ready(struct sqlite_db *db, int64_t deadline_ms)
{
	int64_t patient_ms = clock_mono_ms() + PATIENCE_MS;

	if (!trouble_may_try(&db->trouble))
		return false;
	db->deadline_ms = deadline_ms;
	if (db->is_scratch)
		return scratch_ready(db);
	if (trouble_is_deep(&db->trouble) && patient_ms < deadline_ms)
		db->deadline_ms = patient_ms;
	if (db->handle != NULL && !sqlite_file_is_same(&db->file, db->path)) {
		log_warning("store: %s was removed or replaced: opening it "
			    "anew", db->path);
		/* db_open closes it, after it looked at the new one. */
	} else if (db->handle != NULL) {
		if (!sqlite_file_has_log(&db->file, db->path))
			log_limited(&db->log_gone, LOG_LEVEL_ERROR,
			    "store: %s-wal was deleted while it is in use: "
			    "restart policyd, which saves what is in it",
			    db->path);
		return true;
	}
	if (db_open(db, db->setup->store->create) != STORE_DONE) {
		trouble_begin(&db->trouble, db->why);
		return false;
	}
	return true;
}

void
db_note(struct sqlite_db *db, int code)
{
	/* SQLite keeps the errno of the last failure that was one of I/O. */
	bool is_io = (code & 0xff) == SQLITE_IOERR ||
	    (code & 0xff) == SQLITE_CANTOPEN;

	db->code = code;
	sqlite_file_explain(db->path, code,
	    db->handle != NULL && sqlite3_extended_errcode(db->handle) == code ?
		sqlite3_errmsg(db->handle) : sqlite3_errstr(code),
	    is_io && db->handle != NULL ? sqlite3_system_errno(db->handle) : 0,
	    db->why, sizeof(db->why));
}

bool
db_is_own_failure(const struct sqlite_db *db)
{
	switch (db->code & 0xff) {
	case SQLITE_CONSTRAINT:
	case SQLITE_TOOBIG:
	case SQLITE_MISMATCH:
		return true;
	default:
		return false;
	}
}

bool
db_fail(struct sqlite_db *db)
{
	if (db->handle != NULL && !sqlite3_get_autocommit(db->handle)) {
		int code = db->code;
		char why[sizeof(db->why)];

		memcpy(why, db->why, sizeof(why));
		db_command(db, SQL_ROLLBACK);
		db->code = code;
		memcpy(db->why, why, sizeof(why));
	}
	db->must_last = false;
	if (db_is_own_failure(db)) {
		log_limited(&db->limit, LOG_LEVEL_WARNING,
		    "store: a request failed: %s", db->why);
		return true;
	}
	trouble_begin(&db->trouble, db->why);
	/* Who waits for a lock needs no new connection. */
	if ((db->code & 0xff) != SQLITE_BUSY &&
	    (db->code & 0xff) != SQLITE_INTERRUPT)
		db_close(db);
	return false;
}

sqlite3_stmt *
db_query_values(struct sqlite_db *db, enum statement id,
    const struct db_value *values, size_t count)
{
	sqlite3_stmt **statement = &db->statements[id];
	int code = SQLITE_OK;

	if (*statement == NULL)
		code = sqlite3_prepare_v3(db->handle, statements[id], -1,
		    SQLITE_PREPARE_PERSISTENT, statement, NULL);
	for (int i = 0; i < (int)count && code == SQLITE_OK; i++) {
		const struct db_value *value = &values[i];

		if (value->kind == DB_IS_INT)
			code = sqlite3_bind_int64(*statement, i + 1,
			    value->number);
		else if (value->kind == DB_IS_TEXT)
			code = sqlite3_bind_text(*statement, i + 1,
			    value->bytes, -1, SQLITE_STATIC);
		else
			code = sqlite3_bind_blob(*statement, i + 1,
			    value->bytes, value->size, SQLITE_STATIC);
	}
	if (code == SQLITE_OK)
		return *statement;
	db_note(db, code);
	return NULL;
}

int
db_step(struct sqlite_db *db, sqlite3_stmt *statement)
{
	int code;

	if (statement == NULL)
		return -1;
	code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		return 1;
	if (code != SQLITE_DONE)
		db_note(db, code);
	sqlite3_reset(statement);
	return code == SQLITE_DONE ? 0 : -1;
}

void
db_done(sqlite3_stmt *statement)
{
	sqlite3_reset(statement);
}

void
db_notice(struct sqlite_db *db, sqlite3_stmt *statement)
{
	if (sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_REPREPARE, 1) > 0)
		db->opened++;
}

int
db_run_values(struct sqlite_db *db, enum statement id,
    const struct db_value *values, size_t count)
{
	sqlite3_stmt *statement = db_query_values(db, id, values, count);
	int more;

	do {
		more = db_step(db, statement);
	} while (more > 0);
	return more;
}

int
db_command(struct sqlite_db *db, enum statement id)
{
	return db_run_values(db, id, NULL, 0);
}

int
db_begin(struct sqlite_db *db, bool is_write)
{
	db->must_last = false;
	if (scratch_is_begun(db))
		return 0;
	return db_command(db, is_write ? SQL_BEGIN_WRITE : SQL_BEGIN_READ);
}

/*
 * Sync the log, as synchronous=FULL would at this commit; but the lock is
 * free again, so nobody else waits for the disk. If a checkpoint took the
 * commit over to the file meanwhile, that was synced before it.
 */
static int
sync_log(struct sqlite_db *db)
{
	sqlite3_file *log = NULL;
	int code = sqlite3_file_control(db->handle, "main",
	    SQLITE_FCNTL_JOURNAL_POINTER, &log);

	if (code == SQLITE_OK && log != NULL && log->pMethods != NULL)
		code = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
	if (code == SQLITE_OK)
		return 0;
	db_note(db, code);
	return -1;
}

int
db_commit(struct sqlite_db *db)
{
	if (!db->is_scratch && (db_command(db, SQL_COMMIT) != 0 ||
	    (db->must_last && sync_log(db) != 0)))
		return -1;
	db->must_last = false;
	trouble_end(&db->trouble);
	return 0;
}

const char *
db_text(sqlite3_stmt *statement, int column)
{
	const void *text = sqlite3_column_text(statement, column);

	return text != NULL ? text : "";
}

bool
db_is_utf8(struct sqlite_db *db, const char *text)
{
	if (text_is_utf8(text))
		return true;
	db->code = SQLITE_MISMATCH;
	snprintf(db->why, sizeof(db->why), "an account or note is not UTF-8");
	return false;
}

enum store_result
db_finish(struct sqlite_db *db, int worked)
{
	if (worked == 0 && db_commit(db) == 0)
		return STORE_DONE;
	db_fail(db);
	return STORE_FAILED;
}
