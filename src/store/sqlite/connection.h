/*
 * connection.h -- one connection to an SQLite file, and its statements.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calls that return int return 0, or -1 after noting why in the connection;
 * db_fail then does what is due. The deadline is that of db_ready.
 */
#ifndef STORE_SQLITE_CONNECTION_H
#define STORE_SQLITE_CONNECTION_H

#include "base/log.h"
#include "store/side.h"
#include "store/sqlite/file.h"

#include <sqlite3.h>

enum statement {
#define STATEMENT(name, sql) SQL_##name,
#include "store/sqlite/statements.def"
#undef STATEMENT
	SQL_COUNT
};

/* Who may have an override: a bit for each name's hash. */
enum { OVERRIDDEN_BITS = 1 << 15 };
struct overridden {
	bool is_known;
	unsigned of;		/* as of that time the file was opened, ... */
	int64_t as_of;		/* ... and that number of the news */
	uint64_t bits[OVERRIDDEN_BITS / 64];
};

/* "Until unblocked", as a time. */
#define DB_FOREVER INT64_MAX

struct sqlite_db {
	const struct store_setup *setup;
	const char *path;		/* within setup->store->url */
	bool is_scratch, is_made;	/* see scratch.h */
	sqlite3 *handle;		/* NULL: closed */
	sqlite3_stmt *statements[SQL_COUNT];
	struct sqlite_file file;	/* what handle has open */
	int64_t deadline_ms;		/* monotonic */
	int64_t nap_ms;			/* when a lock was found taken */
	bool must_last;	/* the transaction holds a block or its end */
	uint32_t wal_tried;		/* its length when it was, see wal.h */
	int code;			/* of the last failure */
	char why[512];
	struct trouble trouble;
	struct log_limit limit;
	struct log_limit log_gone, log_grows;
	struct actor actor;		/* who changes what */
	unsigned opened;		/* times: what is in it may be another */
	unsigned news_of;		/* news_seen is as of that time */
	int64_t news_seen;		/* the last, see listen_changes.c */
	struct overridden overridden;	/* see override_of.h */

	/* See run_statement.c. */
	sqlite3_stmt **named;		/* prepared, as in named_statements[] */
	sqlite3_stmt *rows;		/* of the statement that runs */
	bool is_unnamed;		/* it is none of those */
	bool is_begun, has_failed;	/* the transaction */
};

/* Does not open the file yet. */
struct sqlite_db *db_new(const struct store_setup *);
void db_free(struct sqlite_db *);

/*
 * Make ready: open the file if it is not, or anew if another one took its
 * place. False, with the trouble logged, if that cannot be done now.
 */
bool db_ready(struct sqlite_db *, int64_t deadline_ms);

/* Open, and create or upgrade the schema if may_create; STORE_NONE: missing,
 * old or newer. On failure db->why says what is wrong. */
enum store_result db_open(struct sqlite_db *, bool may_create);
void db_close(struct sqlite_db *);

/*
 * The last call failed: undo the transaction, log why, and close what another
 * opening might mend. A failure that is of the request alone is logged, and
 * no trouble for others; returns whether it was that.
 */
bool db_fail(struct sqlite_db *);

/* Was the last failure of the request alone? */
bool db_is_own_failure(const struct sqlite_db *);

/* Note the failure that SQLite has just reported. */
void db_note(struct sqlite_db *, int code);

/*
 * Begin to write or to read; end it. What must last (db->must_last) is on the
 * disk when db_commit returns, other commits as soon as the log is synced:
 * after a power failure they may be gone, and the file is whole.
 */
int db_begin(struct sqlite_db *, bool is_write);
int db_commit(struct sqlite_db *);

/* Commit what was worked on; worked -1: it failed, so undo it (db_fail). */
enum store_result db_finish(struct sqlite_db *, int worked);

/* A value for a parameter; bytes must outlive the statement's run. */
struct db_value {
	enum { DB_IS_INT, DB_IS_TEXT, DB_IS_BLOB } kind;
	int size;
	int64_t number;
	const void *bytes;	/* NULL is SQL's NULL */
};
#define DB_INT(n) ((struct db_value){ .kind = DB_IS_INT, .number = (n) })
#define DB_TEXT(s) ((struct db_value){ .kind = DB_IS_TEXT, .bytes = (s) })
#define DB_BLOB(b, n)                                                          \
	((struct db_value){ .kind = DB_IS_BLOB, .bytes = (b),                  \
	    .size = (int)(n) })

/* Bind the parameters of a statement, from the first: db_query gives it to
 * step (NULL: failed), db_run runs it to its end. */
#define db_query(db, id, ...)                                                  \
	db_query_values(db, id, (const struct db_value[]){ __VA_ARGS__ },      \
	    sizeof((struct db_value[]){ __VA_ARGS__ }) /                       \
		sizeof(struct db_value))
#define db_run(db, id, ...)                                                    \
	db_run_values(db, id, (const struct db_value[]){ __VA_ARGS__ },        \
	    sizeof((struct db_value[]){ __VA_ARGS__ }) /                       \
		sizeof(struct db_value))
sqlite3_stmt *db_query_values(struct sqlite_db *, enum statement,
    const struct db_value *, size_t count);
int db_run_values(struct sqlite_db *, enum statement, const struct db_value *,
    size_t count);
int db_command(struct sqlite_db *, enum statement);

/* Run some SQL of ours that has neither parameters nor rows. */
int db_exec(struct sqlite_db *, const char *sql);

/* 1: a row, 0: no more (the statement is reset), -1: failed. NULL fails. */
int db_step(struct sqlite_db *, sqlite3_stmt *);

/* Leave a statement before its end. */
void db_done(sqlite3_stmt *);

/* Count it as opened anew if its schema changed before a statement's last step:
 * so it does when a backup is restored in its place. */
void db_notice(struct sqlite_db *, sqlite3_stmt *);

/* A text column, never NULL; valid until the next step. */
const char *db_text(sqlite3_stmt *, int column);

/* Is it UTF-8? PostgreSQL takes nothing else, so neither do we. */
bool db_is_utf8(struct sqlite_db *, const char *);

#endif
