/*
 * connection.c -- one connection to PostgreSQL that never blocks for long.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* POLLRDHUP */
#include "store/pgsql/connection.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/pgsql/connection_link.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* How often a connection under way is looked after. */
	TEND_MS = 20,
};

struct pgsql *
pgsql_new(const struct store_setup *setup,
    const struct pgsql_statement *statements)
{
	struct pgsql *pg = mem_new(1, sizeof(*pg));

	pg->setup = setup;
	pg->statements = statements;
	pg->hosts = pgsql_hosts_new(setup->store->url, setup->store->password);
	pg->never_prepare = !setup->store->prepare;
	return pg;
}

void
pgsql_close(struct pgsql *pg)
{
	PQfinish(pg->conn);
	pg->conn = NULL;
	pg->state = DOWN;
	pg->is_prepared = false;
	pg->is_leaving = false;
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
pgsql_worked(struct pgsql *pg)
{
	pg->must_answer = false;
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
	pgsql_close(pg);
}

void
pgsql_late(struct pgsql *pg)
{
	pg->must_answer = true;
	pgsql_drop(pg, "PostgreSQL did not answer in time");
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
	struct pollfd wait[] = {
		{ .fd = PQsocket(pg->conn), .events = events },
		{ .fd = pg->trouble.heeds_stop ? pg->trouble.stop_fd : -1,
		    .events = POLLRDHUP },
	};
	int64_t hurry_ms = clock_mono_ms() + TROUBLE_HURRY_MS;
	int ready;

	do {
		ready = poll(wait, 2, clock_left_ms(deadline_ms));
		if (ready > 0 && wait[1].revents != 0) {
			wait[1].fd = -1;
			if (deadline_ms > hurry_ms)
				deadline_ms = hurry_ms;
		}
	} while ((ready < 0 && errno == EINTR) ||
	    (ready > 0 && wait[0].revents == 0));
	return ready > 0 ? 1 : ready;
}

bool
pgsql_wait(struct pgsql *pg, int64_t deadline_ms)
{
	int unsent = PQflush(pg->conn);

	while (unsent > 0 || PQisBusy(pg->conn)) {
		short events = unsent > 0 ? POLLIN | POLLOUT : POLLIN;

		if (unsent < 0 ||
		    pgsql_wait_socket(pg, events, deadline_ms) != 1 ||
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
	/* PQisBusy has it read what came. */
	if (PQconsumeInput(pg->conn) && !PQisBusy(pg->conn) &&
	    PQstatus(pg->conn) == CONNECTION_OK && !pg->is_leaving)
		return;
	/* Nothing was under way. If connecting anew fails, that tells what is
	 * wrong; if not, nothing is. */
	pgsql_forgive(pg, true);
	pgsql_drop(pg, PQerrorMessage(pg->conn));
}

bool
pgsql_is_up(struct pgsql *pg, int64_t deadline_ms)
{
	if (pg->state == UP)
		look_after(pg);
	if (pg->state != UP)
		pgsql_advance(pg, trouble_is_deep(&pg->trouble) ? 0 :
		    deadline_ms);
	if (pg->state != UP && !pg->trouble.is_on &&
	    clock_mono_ms() >= pg->again_ms)
		/* The attempt goes on, but nobody waits for it again. */
		trouble_begin(&pg->trouble, "PostgreSQL does not answer");
	return pg->state == UP;
}

int
pgsql_tend(struct pgsql *pg)
{
	if (pg->state == UP)
		look_after(pg);
	else
		pgsql_advance(pg, 0);
	if (pg->state == UP)
		return pg->must_answer ? -1 : trouble_end(&pg->trouble);
	if (pg->state != DOWN || clock_mono_ms() < pg->again_ms)
		return TEND_MS;
	return trouble_wait_ms(&pg->trouble);
}

void
pgsql_is_behind_pooler(struct pgsql *pg)
{
	if (!pg->is_pooled && !pg->never_prepare)
		log_info("store: behind a pooler (pgbouncer?), where prepared "
			 "statements do not last: going on without");
	pg->is_pooled = true;
	pg->never_prepare = true;
	pg->is_prepared = false;
}

bool
pgsql_cannot_prepare(struct pgsql *pg, const char *code)
{
	if (code == NULL ||
	    (strcmp(code, "26000") != 0 && strcmp(code, "42P05") != 0))
		return false;
	/* A pooler gave us another server connection. */
	pgsql_is_behind_pooler(pg);
	return true;
}

bool
pgsql_is_pooled(const struct pgsql *pg)
{
	return pg->is_pooled;
}

/* Is the class of an error, or the error itself, in a list? */
static bool
is_one_of(const char *code, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strncmp(code, *list, strlen(*list)) == 0)
			return true;
	return false;
}

/* Data, constraints and serialization: it is the fault of this request alone. */
static const char *const of_request[] = { "22", "23", "40", NULL };
/* Disk full and the like, locks, time-outs (57014), I/O: of the server, and
 * another connection would do no better. */
static const char *const of_server[] = { "53", "54", "55", "57014", "58",
	NULL };

bool
pgsql_failed(struct pgsql *pg, const PGresult *result)
{
	const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	char line[300];

	first_line(PQresultErrorMessage(result), line, sizeof(line));
	if (pgsql_cannot_prepare(pg, code))
		return true;
	if (code != NULL && is_one_of(code, of_request)) {
		log_limited(&pg->limit, LOG_LEVEL_WARNING,
		    "store: a request failed: %s", line);
		return false;
	}
	/* 57P: it is being shut down. */
	pg->must_answer |= code != NULL && strncmp(code, "57P", 3) != 0;
	if (code != NULL && is_one_of(code, of_server)) {
		trouble_note(&pg->trouble, line);
		return false;
	}
	pgsql_drop(pg, line);
	return true;
}

PGresult *
pgsql_take(struct pgsql *pg, int64_t deadline_ms)
{
	PGresult *kept = NULL;

	while (pgsql_wait(pg, deadline_ms)) {
		PGresult *result = PQgetResult(pg->conn);
		ExecStatusType status = PQresultStatus(result);

		if (status == PGRES_PIPELINE_SYNC) {
			PQclear(result);
			return kept;
		}
		if (result == NULL || status == PGRES_PIPELINE_ABORTED ||
		    (kept != NULL &&
			PQresultStatus(kept) == PGRES_FATAL_ERROR)) {
			PQclear(result);
			continue;
		}
		PQclear(kept);
		kept = result;
	}
	PQclear(kept);
	return NULL;
}

bool
pgsql_take_list(struct pgsql *pg, PGresult **list, size_t most, size_t *count,
    int64_t deadline_ms)
{
	*count = 0;
	while (pgsql_wait(pg, deadline_ms)) {
		PGresult *result = PQgetResult(pg->conn);
		ExecStatusType status = PQresultStatus(result);

		if (status == PGRES_PIPELINE_SYNC) {
			PQclear(result);
			return true;
		}
		if (result == NULL || status == PGRES_PIPELINE_ABORTED ||
		    *count == most)
			PQclear(result);
		else
			list[(*count)++] = result;
	}
	while (*count > 0)
		PQclear(list[--*count]);
	return false;
}

int
pgsql_sync(struct pgsql *pg, PGresult **result, int64_t deadline_ms)
{
	PGresult *taken = PQpipelineSync(pg->conn) ?
	    pgsql_take(pg, deadline_ms) : NULL;

	if (taken == NULL && PQstatus(pg->conn) == CONNECTION_OK)
		pgsql_late(pg);
	else if (taken == NULL)
		pgsql_drop(pg, PQerrorMessage(pg->conn));
	if (taken == NULL)
		return -1;
	if (PQresultStatus(taken) == PGRES_TUPLES_OK ||
	    PQresultStatus(taken) == PGRES_COMMAND_OK) {
		pgsql_worked(pg);
		if (result != NULL)
			*result = taken;
		else
			PQclear(taken);
		return 0;
	}
	pgsql_failed(pg, taken);
	PQclear(taken);
	return -1;
}

PGresult *
pgsql_query(struct pgsql *pg, const char *sql, int count,
    const char *const *values, int64_t deadline_ms)
{
	PGresult *result = NULL;

	if (!pgsql_is_up(pg, deadline_ms))
		return NULL;
	if (pgsql_send_limits(pg, (unsigned)clock_left_ms(deadline_ms) + 1) &&
	    PQsendQueryParams(pg->conn, sql, count, NULL, values, NULL, NULL,
		0))
		pgsql_sync(pg, &result, deadline_ms);
	else
		pgsql_drop(pg, PQerrorMessage(pg->conn));
	return result;
}

bool
pgsql_begin_init(struct pgsql *pg, int64_t deadline_ms)
{
	if (pg->state != DOWN)
		pgsql_close(pg);
	pg->is_initialising = true;
	/* Who calls this waits for the store, trouble or not. */
	pg->trouble.retry_ms = 0;
	pg->again_ms = 0;
	pgsql_advance(pg, deadline_ms);
	if (pg->state != UP && !pg->trouble.is_on)
		trouble_begin(&pg->trouble, "PostgreSQL does not answer");
	return pg->state == UP && PQexitPipelineMode(pg->conn);
}

void
pgsql_end_init(struct pgsql *pg)
{
	pg->is_initialising = false;
	/* A transaction left open is rolled back by this. */
	pgsql_close(pg);
}
