/*
 * connection_link.h -- what a connection to PostgreSQL consists of; this side
 * alone includes it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_PGSQL_CONNECTION_LINK_H
#define STORE_PGSQL_CONNECTION_LINK_H

#include "base/log.h"
#include "store/pgsql/connection.h"
#include "store/pgsql/url_hosts.h"

enum state { DOWN, CONNECTING, SETTING_UP, PREPARING, UP };

struct pgsql {
	const struct store_setup *setup;
	const struct pgsql_statement *statements;
	const struct pgsql_statement *next;	/* to be prepared */
	struct pgsql_hosts *hosts;
	PGconn *conn;
	enum state state;
	PostgresPollingStatusType wanted;	/* while CONNECTING */
	int64_t give_up_ms;			/* the attempt under way */
	bool is_prepared;
	bool never_prepare;	/* pgbouncer cannot keep prepared statements */
	bool is_pooled;		/* sessions are not ours: pgsql_send_limits */
	bool is_proxy;		/* what is stored is in other databases */
	char synchronous_commit[16];	/* as the server has it for us */
	bool is_initialising;	/* any schema will do */
	bool is_leaving;	/* the server said that it will hang up */
	bool must_answer;	/* that it can be connected to proves nothing */
	bool is_forgiving;	/* the next loss is no trouble yet */
	int64_t unmade_ms;	/* the schema was missing first; 0: never */
	int64_t again_ms;	/* not to be tried before */
	struct trouble trouble;
	struct log_limit limit;
};

/* Wait until the socket is ready; 1 ready, 0 not by then, -1 error. */
int pgsql_wait_socket(const struct pgsql *, short events, int64_t deadline_ms);

/* How long to wait for a lock, of the time that a statement has. */
unsigned pgsql_lock_ms(unsigned statement_ms);

/* Others use our server connection between our transactions. */
void pgsql_is_behind_pooler(struct pgsql *);

/* Close the connection, without saying why. */
void pgsql_close(struct pgsql *);

/* Go on until the connection is up or fails, or the deadline passes. */
void pgsql_advance(struct pgsql *, int64_t deadline_ms);

/* Does this SQLSTATE (NULL: none) say that prepared statements do not last on
 * this connection? Then go on without them from now on. */
bool pgsql_cannot_prepare(struct pgsql *, const char *code);

#endif
