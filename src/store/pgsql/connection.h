/*
 * connection.h -- one connection to PostgreSQL that never blocks for long.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libpq's asynchronous calls (PostgreSQL 15 documentation, chapters 34.4 and
 * 34.5) under a deadline. A connection that fails is made anew, with growing
 * delay, a step at a time, so that nobody waits for it.
 */
#ifndef STORE_PGSQL_CONNECTION_H
#define STORE_PGSQL_CONNECTION_H

#include "store/side.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

struct pgsql;

/* What is prepared when a connection is made. */
struct pgsql_statement {
	const char *name;	/* NULL behind the last */
	const char *sql;
};

/* Does not connect yet. */
struct pgsql *pgsql_new(const struct store_setup *,
    const struct pgsql_statement *);
void pgsql_free(struct pgsql *);

/*
 * Is there a connection in pipeline mode, with our schema behind it? If not,
 * bring one forward; wait for it until the deadline unless it has failed
 * before (then requests are answered without it meanwhile).
 */
bool pgsql_is_up(struct pgsql *, int64_t deadline_ms);

/* As store_tend. */
int pgsql_tend(struct pgsql *);

/* The connection of one that is up. */
PGconn *pgsql_conn(struct pgsql *);

/* Are the statements prepared? Else they must be sent with their text. */
bool pgsql_is_prepared(const struct pgsql *);

/*
 * Send the limits of the transaction that the next statement belongs to: how
 * long that may last, and wait for a lock. They make the server give up what
 * we gave up, so that back ends do not pile up behind a lock that somebody
 * holds; and one request that waits for a lock does not use up the time of its
 * round. Its result comes first. The session has those of a round already,
 * unless it is a pooler's. The planner looks at the parameters, too: of a page
 * of a large table it must know how small it is.
 */
bool pgsql_send_limits(struct pgsql *, unsigned statement_ms);

/* What a session of ours has for the statements of a round, sent for one
 * transaction of a pooler's. */
bool pgsql_send_round(struct pgsql *, unsigned statement_ms);

/* Send how all logins are to be walked through, in the transaction that has
 * begun: along the indexes, a page at a time. */
bool pgsql_send_walk(struct pgsql *);

/* Send the begin of a transaction, whose isolation is what we need whatever
 * the database has as its default; and the end. */
bool pgsql_send_begin(struct pgsql *);
bool pgsql_send_end(struct pgsql *, bool is_kept);
bool pgsql_is_pooled(const struct pgsql *);

/* Send and receive until the next result is there, the deadline passes or the
 * connection is lost; true: PQgetResult will not block. */
bool pgsql_wait(struct pgsql *, int64_t deadline_ms);

/* The last result before the sync, or the first error; NULL if the connection
 * is lost or late. Before the sync nothing is committed. */
PGresult *pgsql_take(struct pgsql *, int64_t deadline_ms);

/* All results before the sync, in order, for the caller to clear; false, and
 * none, as above. At most `most` of them. */
bool pgsql_take_list(struct pgsql *, PGresult **list, size_t most,
    size_t *count, int64_t deadline_ms);

/* Send the sync and wait for what was sent before it. 0, with the last result
 * in *result (the caller's) unless that is NULL; -1 after logging why. */
int pgsql_sync(struct pgsql *, PGresult **result, int64_t deadline_ms);

/*
 * A result that is an error: log it, and give up the connection if another
 * one might do better (server shutting down, read-only, function missing).
 * Returns whether the request is worth another try. The result stays the
 * caller's.
 */
bool pgsql_failed(struct pgsql *, const PGresult *);

/* Give up the connection: what is under way is lost. The store is in trouble
 * from now on, unless pgsql_forgive was called: then the next call connects
 * anew at once, and only if that fails there is trouble. */
void pgsql_drop(struct pgsql *, const char *why);

/* The same, because there was no answer by the deadline: that it can be
 * connected to will not be proof that it works again. */
void pgsql_late(struct pgsql *);

/* Forgive the next loss of the connection, once, or no more. */
void pgsql_forgive(struct pgsql *, bool);

/* The store answered: it is not, or no more, in trouble. */
void pgsql_worked(struct pgsql *);

struct trouble *pgsql_trouble(struct pgsql *);

/*
 * One statement with text parameters, waited for. Returns its result, to be
 * cleared by the caller, or NULL after logging why.
 */
PGresult *pgsql_query(struct pgsql *, const char *sql, int count,
    const char *const *values, int64_t deadline_ms);

/*
 * Connect, whatever the schema, for statements of the simple protocol; the
 * end closes that connection. Only schema.c needs this.
 */
bool pgsql_begin_init(struct pgsql *, int64_t deadline_ms);
void pgsql_end_init(struct pgsql *);

/* Within that: one or more statements; value, if not NULL, is what the last row
 * begins with. Errors are logged. */
bool pgsql_run_simple(struct pgsql *, const char *sql, char *value,
    size_t size, int64_t deadline_ms);

/* Make it a proxy; as store_init_proxy. */
enum store_result pgsql_init_proxy(struct pgsql *, int64_t deadline_ms);

/* Create or upgrade the schema; as store_init. */
enum store_result pgsql_init(struct pgsql *, bool may_create,
    int64_t deadline_ms);

#endif
