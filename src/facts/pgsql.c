/*
 * pgsql.c -- one connection to PostgreSQL that never blocks for long.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "facts/pgsql.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "facts/pgsql_link.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How often a connection under way is looked after. */
enum { TEND_MS = 20 };

struct pgsql *
pgsql_new(const struct config *config, const char *statement)
{
	struct pgsql *pg = mem_new(1, sizeof(*pg));

	pg->config = config;
	pg->statement = statement;
	pg->hosts = pgsql_hosts_new(config->store.url, config->store.password);
	pg->never_prepare = !config->store.prepare;
	return pg;
}

static void
close_conn(struct pgsql *pg)
{
	PQfinish(pg->conn);
	pg->conn = NULL;
	pg->state = DOWN;
	pg->is_prepared = false;
}

void
pgsql_free(struct pgsql *pg)
{
	if (pg == NULL)
		return;
	PQfinish(pg->conn);
	pgsql_hosts_free(pg->hosts);
	free(pg);
}

PGconn *
pgsql_conn(struct pgsql *pg)
{
	return pg->conn;
}

bool
pgsql_is_prepared(const struct pgsql *pg)
{
	return pg->is_prepared;
}

void
pgsql_missed(struct pgsql *pg, size_t requests)
{
	pg->trouble.failed += requests;
}

void
pgsql_worked(struct pgsql *pg)
{
	trouble_end(&pg->trouble);
}

/* One line of libpq's message, which may have several and ends with one. */
static void
first_line(const char *message, char *line, size_t size)
{
	size_t length = strcspn(message, "\n");

	snprintf(line, size, "%.*s", (int)length, message);
}

void
pgsql_drop(struct pgsql *pg, const char *why)
{
	char line[300];

	first_line(why, line, sizeof(line));
	if (pg->is_forgiving)
		log_debug("store: connecting anew: %s", line);
	else
		trouble_begin(&pg->trouble, line[0] != '\0' ? line :
		    "the connection to PostgreSQL was lost");
	pg->is_forgiving = false;
	close_conn(pg);
}

void
pgsql_forgive(struct pgsql *pg, bool is_forgiving)
{
	/* Who is in trouble already has nothing to be forgiven. */
	pg->is_forgiving = is_forgiving && !pg->trouble.is_on;
}

int
pgsql_wait_socket(const struct pgsql *pg, short events, int64_t deadline_ms)
{
	struct pollfd wait = { .fd = PQsocket(pg->conn), .events = events };
	int ready;

	do {
		ready = poll(&wait, 1, clock_left_ms(deadline_ms));
	} while (ready < 0 && errno == EINTR);
	return ready;
}

bool
pgsql_wait(struct pgsql *pg, int64_t deadline_ms)
{
	int unsent = PQflush(pg->conn);

	while (unsent > 0 || PQisBusy(pg->conn)) {
		short events = unsent > 0 ? POLLIN | POLLOUT : POLLIN;

		if (unsent < 0 || pgsql_wait_socket(pg, events, deadline_ms) != 1 ||
		    !PQconsumeInput(pg->conn))
			return false;
		if (unsent > 0)
			unsent = PQflush(pg->conn);
	}
	return unsent == 0 && PQstatus(pg->conn) == CONNECTION_OK;
}

/* Has the server hung up, or said why it will? */
static void
look_after(struct pgsql *pg)
{
	if (pgsql_wait_socket(pg, POLLIN, 0) != 1)
		return;
	if (!PQconsumeInput(pg->conn) || PQstatus(pg->conn) != CONNECTION_OK)
		pgsql_drop(pg, PQerrorMessage(pg->conn));
}

bool
pgsql_is_up(struct pgsql *pg, int64_t deadline_ms)
{
	if (pg->state == UP)
		look_after(pg);
	if (pg->state != UP)
		pgsql_advance(pg, pg->trouble.is_on ? 0 : deadline_ms);
	if (pg->state != UP && !pg->trouble.is_on)
		/* The attempt goes on, but nobody waits for it again. */
		trouble_begin(&pg->trouble, "PostgreSQL does not answer");
	return pg->state == UP;
}

int
pgsql_tend(struct pgsql *pg)
{
	if (pg->state == UP) {
		look_after(pg);
		return pg->state == UP ? -1 : TEND_MS;
	}
	pgsql_advance(pg, 0);
	if (pg->state == UP) {
		pgsql_worked(pg);
		return -1;
	}
	return pg->state == DOWN ? clock_left_ms(pg->trouble.retry_ms) + 1 :
				   TEND_MS;
}

/* Could another connection, maybe to another host, do better? */
static bool
is_of_connection(const char *code)
{
	/* Classes 22 data, 40 serialization, 55 lock: of this request alone;
	 * 57014: it was cancelled by its time-out. */
	static const char *const own[] = { "22", "40", "55", "57014" };

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strncmp(code, own[i], strlen(own[i])) == 0)
			return false;
	return true;
}

bool
pgsql_cannot_prepare(struct pgsql *pg, const char *code)
{
	if (code == NULL ||
	    (strcmp(code, "26000") != 0 && strcmp(code, "42P05") != 0))
		return false;
	/* A pooler gave us another server connection. */
	log_info("store: prepared statements do not last here (pgbouncer?): "
		 "going on without");
	pg->never_prepare = true;
	pg->is_prepared = false;
	return true;
}

bool
pgsql_failed(struct pgsql *pg, const PGresult *result)
{
	const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	char line[300];

	first_line(PQresultErrorMessage(result), line, sizeof(line));
	if (pgsql_cannot_prepare(pg, code))
		return true;
	if (code == NULL || is_of_connection(code)) {
		pgsql_drop(pg, line);
		return true;
	}
	log_limited(&pg->limit, LOG_LEVEL_WARNING,
	    "store: a request failed: %s", line);
	return false;
}

PGresult *
pgsql_query(struct pgsql *pg, const char *sql, int count,
    const char *const *values, int64_t deadline_ms)
{
	PGresult *result = NULL;
	PGresult *end;

	if (!pgsql_is_up(pg, deadline_ms))
		return NULL;
	if (!PQsendQueryParams(pg->conn, sql, count, NULL, values, NULL, NULL,
		0) ||
	    !PQpipelineSync(pg->conn) || !pgsql_wait(pg, deadline_ms) ||
	    (result = PQgetResult(pg->conn)) == NULL) {
		pgsql_drop(pg, clock_left_ms(deadline_ms) == 0 ?
		    "PostgreSQL did not answer in time" :
		    PQerrorMessage(pg->conn));
		return NULL;
	}
	/* Behind the result: a NULL, then the sync. */
	for (int i = 0; i < 2 && pgsql_wait(pg, deadline_ms); i++)
		if ((end = PQgetResult(pg->conn)) != NULL) {
			PQclear(end);
			break;
		}
	if (PQresultStatus(result) == PGRES_TUPLES_OK ||
	    PQresultStatus(result) == PGRES_COMMAND_OK) {
		pgsql_worked(pg);
		return result;
	}
	pgsql_failed(pg, result);
	PQclear(result);
	return NULL;
}

bool
pgsql_begin_init(struct pgsql *pg, int64_t deadline_ms)
{
	if (pg->state != DOWN)
		close_conn(pg);
	pg->is_initialising = true;
	return pgsql_is_up(pg, deadline_ms) && PQexitPipelineMode(pg->conn);
}

void
pgsql_end_init(struct pgsql *pg)
{
	pg->is_initialising = false;
	/* A transaction left open is rolled back by this. */
	close_conn(pg);
}

const char *
pgsql_now(char text[40])
{
	int64_t ms = clock_wall_ms();
	char seconds[24];

	if (!clock_is_set())
		return NULL;
	clock_format(ms, seconds);
	seconds[strlen(seconds) - 1] = '\0';
	snprintf(text, 40, "%s.%03dZ", seconds, (int)(ms % 1000));
	return text;
}
