/*
 * open.c -- open an SQLite file and see that its schema is ours.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/connection.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/schema.h"
#include "store/sqlite/scratch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	/* Instructions of SQLite's machine between looks at the clock. */
	STEPS_PER_LOOK = 20000,
	BUSY_FIRST_US = 50,
	BUSY_LONGEST_US = 1000,
};

/*
 * Wait for a lock: SQLite has no queue, so short naps of random length keep
 * the chances of all even. Returns 0 to give up.
 */
static int
nap(void *opaque, int times)
{
	struct sqlite_db *db = opaque;
	long us = BUSY_FIRST_US << (times < 5 ? times : 5);

	if (times == 0)
		db->nap_ms = clock_mono_ms();
	if (clock_left_ms(db->deadline_ms) == 0 ||
	    (clock_left_ms(db->nap_ms + TROUBLE_HURRY_MS) == 0 &&
		trouble_is_stopped(&db->trouble)))
		return 0;
	if (us > BUSY_LONGEST_US)
		us = BUSY_LONGEST_US;
	clock_rest_us(us / 2 + (long)((unsigned long)clock_mono_us() *
	    2654435761u >> 7) % (us / 2));
	return 1;
}

static int
is_late(void *opaque)
{
	const struct sqlite_db *db = opaque;

	return clock_left_ms(db->deadline_ms) == 0;
}

/* network_key(text): bytes in the order of addr_compare, and PostgreSQL's. */
static void
network_key(sqlite3_context *context, int count, sqlite3_value **values)
{
	const void *text = sqlite3_value_text(values[0]);
	struct addr network;
	uint8_t key[18];

	(void)count;
	if (text == NULL || addr_parse(text, &network) != 0) {
		sqlite3_result_null(context);
		return;
	}
	key[0] = network.bits;
	memcpy(key + 1, network.bytes, 16);
	key[17] = network.prefix;
	sqlite3_result_blob(context, key, sizeof(key), SQLITE_TRANSIENT);
}

/* A number that some SQL of ours tells; of several rows the first. */
static int
read_number(struct sqlite_db *db, const char *sql, int64_t *number)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL);

	if (code == SQLITE_OK) {
		code = sqlite3_step(statement);
		if (code == SQLITE_ROW) {
			*number = sqlite3_column_int64(statement, 0);
			code = SQLITE_OK;
		}
	}
	if (code != SQLITE_OK)
		db_note(db, code);
	sqlite3_finalize(statement);
	return code == SQLITE_OK ? 0 : -1;
}

int
db_exec(struct sqlite_db *db, const char *sql)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	if (code == SQLITE_OK)
		return 0;
	db_note(db, code);
	return -1;
}

/* What the file says of its schema. */
struct found {
	int version;	/* 0: it is empty, -1: it is another program's */
	int floor;	/* the oldest version that may use it */
	bool is_replaced;	/* its views are ours */
};

static int
look(struct sqlite_db *db, struct found *found)
{
	char digest[SCHEMA_DIGEST_SIZE];
	char sql[160];
	int64_t all = 0, ours = 0, version = 0, floor = 0, same = 0;

	memset(found, 0, sizeof(*found));
	if (read_number(db, "SELECT count(*) FROM sqlite_schema", &all) != 0 ||
	    read_number(db, "SELECT count(*) FROM sqlite_schema "
		"WHERE name = 'schema_version'", &ours) != 0)
		return -1;
	found->version = all == 0 ? 0 : -1;
	if (ours == 0)
		return 0;
	if (read_number(db, "SELECT coalesce(max(version), 0) "
		"FROM schema_version", &version) != 0)
		return -1;
	found->version = (int)version;
	/* Up to version 5 the table has fewer columns. */
	if (version < schema_version("sqlite"))
		return 0;
	snprintf(sql, sizeof(sql), "SELECT count(*) FROM schema_version "
	    "WHERE version = %d AND digest = '%s'", found->version,
	    schema_digest("sqlite", digest));
	if (read_number(db, "SELECT coalesce(max(compatible_from), 0) "
		"FROM schema_version", &floor) != 0 ||
	    read_number(db, sql, &same) != 0)
		return -1;
	found->floor = (int)floor;
	found->is_replaced = same > 0 ||
	    found->version > schema_version("sqlite");
	return 0;
}

/* Run the files that the schema lacks, and note their numbers behind them
 * all: the table changes, too. */
static int
migrate(struct sqlite_db *db, int from)
{
	const struct schema_file *f;
	char note[200];

	for (f = schema_files; f->store != NULL; f++)
		if (strcmp(f->store, "sqlite") == 0 && f->number > from &&
		    db_exec(db, f->sql) != 0)
			return -1;
	for (f = schema_files; f->store != NULL; f++) {
		if (strcmp(f->store, "sqlite") != 0 || f->number <= from)
			continue;
		snprintf(note, sizeof(note), "INSERT INTO schema_version "
		    "(version, name, at, compatible_from) "
		    "VALUES (%d, '%s', %lld, %d)", f->number, f->name,
		    (long long)clock_wall_ms(), f->compatible_from);
		if (db_exec(db, note) != 0)
			return -1;
	}
	return 0;
}

/* Put our views in the place of others. */
static int
replace(struct sqlite_db *db)
{
	char digest[SCHEMA_DIGEST_SIZE];
	char note[160];

	for (const struct schema_file *f = schema_files; f->store != NULL; f++)
		if (strcmp(f->store, "sqlite") == 0 && f->number == 0 &&
		    db_exec(db, f->sql) != 0)
			return -1;
	snprintf(note, sizeof(note), "UPDATE schema_version SET digest = '%s' "
	    "WHERE version = %d", schema_digest("sqlite", digest),
	    schema_version("sqlite"));
	return db_exec(db, note);
}

static int
upgrade(struct sqlite_db *db, const struct found *found)
{
	if (found->version == 0 && db_exec(db, "CREATE TABLE schema_version ("
		"version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
		"at INTEGER NOT NULL) STRICT") != 0)
		return -1;
	if (migrate(db, found->version) != 0 || replace(db) != 0)
		return -1;
	if (found->version < schema_version("sqlite") && !db->is_scratch)
		log_info("store: %s has schema %d now", db->path,
		    schema_version("sqlite"));
	return 0;
}

/* Is there something that we may and must do to the schema? */
static bool
is_to_do(const struct found *found)
{
	return found->version >= 0 &&
	    (found->version < schema_version("sqlite") || !found->is_replaced);
}

/* Older programs would be cut off: not while they are at work. Only who has
 * the file for himself may leave the write-ahead log; the caller's lock keeps
 * others of us from opening it meanwhile. */
static bool
is_alone(struct sqlite_db *db)
{
	int64_t is_left = 0;

	/* They do not go away while we wait. */
	sqlite3_busy_handler(db->handle, NULL, NULL);
	if (read_number(db, "PRAGMA journal_mode = DELETE", &is_left) == 0 &&
	    read_number(db, "SELECT journal_mode = 'delete' FROM "
		"pragma_journal_mode", &is_left) == 0 && is_left &&
	    db_exec(db, "PRAGMA journal_mode = WAL") == 0) {
		sqlite3_busy_handler(db->handle, nap, db);
		return true;
	}
	db->code = SQLITE_BUSY;
	snprintf(db->why, sizeof(db->why), "programs of an older policyd use "
	    "%s and could not go on with schema %d: stop them first",
	    db->path, schema_version("sqlite"));
	return false;
}

/* Make the schema ours in one transaction. */
static enum store_result
make_ours(struct sqlite_db *db, struct found *found)
{
	int floor = schema_floor("sqlite", found->version);

	if (found->version > 0 && floor > found->version && !is_alone(db))
		return STORE_NONE;
	/* Others may want the same: who has the lock looks again. */
	if (db_begin(db, true) != 0 || look(db, found) != 0)
		return STORE_FAILED;
	db->must_last = true;
	if ((is_to_do(found) && upgrade(db, found) != 0) ||
	    look(db, found) != 0 || db_commit(db) != 0)
		return STORE_FAILED;
	return STORE_DONE;
}

/* See that the schema is ours, or make it so. */
static enum store_result
accept_schema(struct sqlite_db *db, bool may_create)
{
	struct found found;
	enum store_result result;

	if (look(db, &found) != 0)
		return STORE_FAILED;
	if (may_create && is_to_do(&found)) {
		result = make_ours(db, &found);
		if (result != STORE_DONE)
			return result;
	}
	if (found.version >= 0 && schema_fit("sqlite", found.version,
		found.floor) == SCHEMA_FITS)
		return STORE_DONE;
	db->code = SQLITE_SCHEMA;
	if (found.version < 0)
		snprintf(db->why, sizeof(db->why), "%s belongs to another "
		    "program: set store.url to a file of its own", db->path);
	else
		schema_explain("sqlite", db->path, found.version, found.floor,
		    db->why, sizeof(db->why));
	return STORE_NONE;
}

/*
 * The log is checkpointed as wal.h says, never by a commit. There is no
 * memory map: a file cut short would kill its readers (SIGBUS).
 */
static int
set_up(struct sqlite_db *db)
{
	static const char pragmas[] =
	    "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384;"
	    "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;"
	    "PRAGMA journal_size_limit = 67108864;"
	    "PRAGMA wal_autocheckpoint = 0;"
	    "PRAGMA trusted_schema = OFF";
	int64_t is_wal = 0;
	int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;

	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_handler(db->handle, nap, db);
	sqlite3_progress_handler(db->handle, STEPS_PER_LOOK, is_late, db);
	if (sqlite3_create_function(db->handle, "network_key", 1, flags, NULL,
		network_key, NULL, NULL) != SQLITE_OK)
		return -1;
	if (sqlite3_db_readonly(db->handle, "main") == 1) {
		db_note(db, SQLITE_READONLY);
		return -1;
	}
	if (db->is_scratch)
		return scratch_set_up(db);
	if (db_exec(db, pragmas) != 0 ||
	    read_number(db, "SELECT journal_mode = 'wal' FROM "
		"pragma_journal_mode", &is_wal) != 0)
		return -1;
	if (!is_wal && (db_exec(db, "PRAGMA journal_mode = WAL") != 0 ||
			   read_number(db, "SELECT journal_mode = 'wal' FROM "
			       "pragma_journal_mode", &is_wal) != 0))
		return -1;
	if (is_wal)
		return 0;
	db->code = SQLITE_ERROR;
	snprintf(db->why, sizeof(db->why), "%s: its file system has no shared "
	    "memory (a network one?): move it to a local disk", db->path);
	return -1;
}

static enum store_result
open_handle(struct sqlite_db *db, bool may_create)
{
	int code;

	/* Nobody asks how much memory it uses, and counting takes a mutex each
	 * time. It heeds the first call in a process. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	code = sqlite3_open_v2(db->path, &db->handle,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	db->opened++;
	if (code != SQLITE_OK) {
		db_note(db, code);
		return STORE_FAILED;
	}
	return set_up(db) == 0 ? accept_schema(db, may_create) : STORE_FAILED;
}

static enum store_result
open_locked(struct sqlite_db *db, bool may_create)
{
	struct sqlite_file old = { 0 };

	/* What is closed proves nothing: its inode may be another's by now. */
	if (db->handle != NULL)
		old = db->file;
	if (sqlite_file_prepare(db->path, db->setup, may_create, &old) != 0) {
		sqlite_file_explain(db->path, SQLITE_CANTOPEN,
		    sqlite3_errstr(SQLITE_CANTOPEN), errno, db->why,
		    sizeof(db->why));
		return errno == ENOENT && !may_create ? STORE_NONE :
							STORE_FAILED;
	}
	db_close(db);
	memset(&db->file, 0, sizeof(db->file));
	return open_handle(db, may_create);
}

enum store_result
db_open(struct sqlite_db *db, bool may_create)
{
	enum store_result result;
	int lock;

	if (db->is_scratch)
		return open_handle(db, may_create);
	lock = sqlite_file_lock(db->path, db->deadline_ms);
	if (lock < 0) {
		db->code = errno == EWOULDBLOCK ? SQLITE_BUSY :
						  SQLITE_CANTOPEN;
		sqlite_file_explain(db->path, db->code,
		    sqlite3_errstr(db->code), errno, db->why,
		    sizeof(db->why));
		db_close(db);
		return STORE_FAILED;
	}
	result = open_locked(db, may_create);
	if (result == STORE_DONE)
		sqlite_file_note(&db->file, db->path);
	else
		db_close(db);
	close(lock);
	return result;
}
