/*
 * check.c -- a round of checks in one round trip to PostgreSQL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/pgsql.h"

#include "base/clock.h"
#include "store/pgsql/composite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char pgsql_check_statement[] =
    "SELECT policyd.check($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
    "$11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)";

/* p_mode: refuse or block, and whether for real. */
static int
mode_number(const struct store_setup *setup)
{
	if (*setup->mode == MODE_OBSERVE)
		return setup->block->enabled ? 3 : 0;
	return setup->block->enabled ? 2 : 1;
}

static void
add_params(struct store_pgsql *self, const struct check *check)
{
	struct params *params = &self->params;
	const struct settings *settings = check->settings;
	const char *at = strrchr(check->account, '@');
	char now[40];

	params_clear(params);
	params_text(params, check->account);
	params_text(params, at != NULL ? at : "");
	params_addr(params, &check->login.client);
	params_addr(params, &check->login.network);
	params_text(params, check->login.country);
	params_text(params, check->instance);
	params_number(params, settings->window_s);
	params_limit(params, settings->countries);
	params_limit(params, settings->networks);
	params_countries(params, &settings->home_countries, false);
	params_limit(params, settings->home_max_countries);
	params_limit(params, settings->home_max_networks);
	params_countries(params, &settings->exempt_countries, false);
	params_countries(params, &settings->only_countries, true);
	params_networks(params, &settings->only_networks, true);
	params_number(params, mode_number(self->setup));
	params_number(params, self->setup->block->duration_s);
	params_rates(params, &settings->rates);
	params_number(params, check->weight);
	params_bool(params, check->weighs_once);
	pgsql_add_channels(self, true);
	pgsql_add_channels(self, false);
	params_text(params, store_server_name());
	params_text(params, pgsql_now(now));
}

static bool
send_check(struct store_pgsql *self, const struct check *check)
{
	PGconn *conn = pgsql_conn(self->pg);
	int count;
	const char *const *values;
	int sent;

	if (pgsql_is_pooled(self->pg) &&
	    !pgsql_send_limits(self->pg, self->setup->server->deadline_ms / 2))
		return false;
	add_params(self, check);
	count = (int)self->params.count;
	values = params_values(&self->params);
	if (pgsql_is_prepared(self->pg))
		sent = PQsendQueryPrepared(conn, "check", count, values, NULL,
		    NULL, 0);
	else
		sent = PQsendQueryParams(conn, pgsql_check_statement, count,
		    NULL, values, NULL, NULL, 0);
	/* A sync after each: a transaction of its own. */
	return sent && PQpipelineSync(conn);
}

/* The next field as a number; NULL is none. */
static int64_t
number(struct row_reader *reader, int64_t none)
{
	char field[ROW_FIELD_SIZE];

	return row_next(reader, field) ? strtoll(field, NULL, 10) : none;
}

static uint32_t
count(struct row_reader *reader)
{
	return (uint32_t)number(reader, 0);
}

static uint32_t
limit(struct row_reader *reader)
{
	return (uint32_t)number(reader, UNLIMITED);
}

/* What policyd.check returns, in order. False: it is something else. */
static bool
take_finding(const PGresult *result, struct finding *finding)
{
	struct row_reader reader;
	char field[ROW_FIELD_SIZE];

	memset(finding, 0, sizeof(*finding));
	row_begin(&reader, PQgetvalue(result, 0, 0));
	finding->verdict = (enum verdict)number(&reader, 0);
	finding->cause = (enum cause)number(&reader, 0);
	finding->is_new_block = row_next(&reader, field) && field[0] == 't';
	finding->found = count(&reader);
	finding->limit = count(&reader);
	finding->per_s = count(&reader);
	finding->until_ms = number(&reader, 0);
	if (row_next(&reader, field))
		snprintf(finding->note, sizeof(finding->note), "%.*s",
		    (int)sizeof(finding->note) - 1, field);
	finding->evidence.countries = count(&reader);
	finding->evidence.networks = count(&reader);
	finding->evidence.home_countries = count(&reader);
	finding->evidence.home_networks = count(&reader);
	finding->max_countries = limit(&reader);
	finding->max_networks = limit(&reader);
	finding->home_max_countries = limit(&reader);
	finding->home_max_networks = limit(&reader);
	return row_end(&reader);
}

/* What became of a round. */
enum outcome { ROUND_DONE, ROUND_LOST, ROUND_LATE };

/*
 * Take one check's results: its row or error, a NULL, the sync, which alone
 * says that it was committed; the row came before that. A round in
 * which the connection must be given up goes on to its end first: the answers
 * behind an error are as good as others.
 */
static enum outcome
take_check(struct store_pgsql *self, struct check *check, PGresult **bad,
    int64_t deadline_ms)
{
	PGconn *conn = pgsql_conn(self->pg);
	bool is_good = false;

	for (;;) {
		PGresult *result;
		ExecStatusType status;

		if (!pgsql_wait(self->pg, deadline_ms))
			return clock_left_ms(deadline_ms) == 0 ? ROUND_LATE :
								 ROUND_LOST;
		result = PQgetResult(conn);
		status = result == NULL ? PGRES_EMPTY_QUERY :
					  PQresultStatus(result);
		if (status == PGRES_TUPLES_OK && PQntuples(result) == 1 &&
		    PQnfields(result) == 1 &&
		    take_finding(result, &check->finding)) {
			is_good = true;
		} else if (status == PGRES_FATAL_ERROR) {
			is_good = false;
			if (*bad == NULL) {
				*bad = result;
				continue;
			}
		}
		PQclear(result);
		if (status == PGRES_PIPELINE_SYNC) {
			check->result = is_good ? STORE_DONE : STORE_FAILED;
			return ROUND_DONE;
		}
		if (PQstatus(conn) != CONNECTION_OK)
			return ROUND_LOST;
	}
}

/* One round for the checks that have no answer yet. */
static enum outcome
play(struct store_pgsql *self, struct check *checks, size_t count,
    PGresult **bad, int64_t deadline_ms)
{
	size_t sent = 0;

	for (size_t i = 0; i < count; i++)
		if (checks[i].result != STORE_DONE) {
			if (!send_check(self, &checks[i]))
				return ROUND_LOST;
			sent++;
		}
	for (size_t i = 0; i < count && sent > 0; i++)
		if (checks[i].result != STORE_DONE) {
			enum outcome outcome = take_check(self, &checks[i],
			    bad, deadline_ms);

			if (outcome != ROUND_DONE)
				return outcome;
		}
	return ROUND_DONE;
}

static size_t
unanswered(const struct check *checks, size_t count)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++)
		left += checks[i].result != STORE_DONE;
	return left;
}

/* Play a round and clean up behind it. True: another try may do better. */
static bool
try_round(struct store_pgsql *self, struct check *checks, size_t count,
    int64_t deadline_ms)
{
	PGresult *bad = NULL;
	enum outcome outcome = play(self, checks, count, &bad, deadline_ms);
	bool may_retry = outcome == ROUND_LOST;

	if (unanswered(checks, count) < count)
		pgsql_worked(self->pg);
	if (outcome == ROUND_LATE)
		pgsql_late(self->pg);
	else if (bad != NULL)
		may_retry = pgsql_failed(self->pg, bad);
	else if (outcome == ROUND_LOST)
		pgsql_drop(self->pg, PQerrorMessage(pgsql_conn(self->pg)));
	PQclear(bad);
	return may_retry && unanswered(checks, count) > 0;
}

/*
 * A round whose connection was lost is played once more on a new one: what was
 * recorded twice is recorded once, a mail has its instance, and a block that
 * was made is found.
 */
void
pgsql_check(void *opaque, struct check *checks, size_t count,
    int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	bool is_retry = false;
	bool may_retry;

	for (size_t i = 0; i < count; i++)
		checks[i].result = STORE_FAILED;
	do {
		if (!pgsql_is_up(self->pg, deadline_ms))
			break;
		pgsql_forgive(self->pg, !is_retry);
		may_retry = try_round(self, checks, count, deadline_ms) &&
		    !is_retry;
		pgsql_forgive(self->pg, false);
		is_retry = true;
	} while (may_retry);
	pgsql_missed(self->pg, unanswered(checks, count));
}
