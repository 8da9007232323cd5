/*
 * read.c -- what the PostgreSQL side tells of accounts; writes nothing.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/pgsql.h"

#include "base/log.h"
#include "base/mem.h"
#include "store/override_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t
number(const PGresult *result, int row, int column)
{
	return strtoll(PQgetvalue(result, row, column), NULL, 10);
}

static const char *
text(const PGresult *result, int row, int column)
{
	return PQgetvalue(result, row, column);
}

void
pgsql_take_block(const PGresult *result, int row, int first,
    struct block *block)
{
	block->account = mem_dup(text(result, row, first));
	block->cause = (enum cause)number(result, row, first + 1);
	block->found = (uint32_t)number(result, row, first + 2);
	block->limit = (uint32_t)number(result, row, first + 3);
	block->per_s = (uint32_t)number(result, row, first + 4);
	block->note = mem_dup(text(result, row, first + 5));
	block->began_ms = number(result, row, first + 6);
	block->until_ms = number(result, row, first + 7);
	block->ended_ms = number(result, row, first + 8);
	block->attempts = (uint64_t)number(result, row, first + 9);
	snprintf(block->client, sizeof(block->client), "%s",
	    text(result, row, first + 10));
	snprintf(block->country, sizeof(block->country), "%s",
	    text(result, row, first + 11));
}

/* The account's own row and its last block. */
static enum store_result
read_state(struct store_pgsql *self, const char *account,
    struct account_record *record, int64_t deadline_ms)
{
	PGresult *result;

	params_clear(&self->params);
	params_text(&self->params, account);
	result = pgsql_run(self, "SELECT " MS("a.evidence_since") ", "
	    BLOCK_COLUMNS " FROM policyd.account a LEFT JOIN policyd.block b "
	    "ON b.account = a.account WHERE a.account = $1", deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	if (PQntuples(result) > 0) {
		record->is_known = true;
		record->since_ms = number(result, 0, 0);
		record->has_block = !PQgetisnull(result, 0, 1);
		if (record->has_block)
			pgsql_take_block(result, 0, 1, &record->block);
	}
	PQclear(result);
	return STORE_DONE;
}

int
pgsql_take_override(const PGresult *result, int row,
    struct override *override)
{
	override->account = mem_dup(text(result, row, 0));
	override->comment = mem_dup(text(result, row, 2));
	return override_json_read(text(result, row, 1), override);
}

static enum store_result
read_overrides(struct store_pgsql *self, const char *account,
    struct account_record *record, int64_t deadline_ms)
{
	const char *at = strrchr(account, '@');
	char now[40];
	PGresult *result;

	params_clear(&self->params);
	params_text(&self->params, account);
	params_text(&self->params, at != NULL ? at : "");
	params_text(&self->params, pgsql_now(now));
	/* The domain's first: the account's is laid over it. */
	result = pgsql_run(self, "SELECT " PGSQL_OVERRIDE_COLUMNS
	    " FROM policyd.override "
	    "WHERE account IN ($1, $2) AND (valid_until IS NULL OR "
	    "valid_until > coalesce($3, clock_timestamp())) "
	    "ORDER BY (account = $1)", deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	for (int row = 0; row < PQntuples(result); row++) {
		bool is_own = strcmp(text(result, row, 0), account) == 0;
		struct override *override = is_own ? &record->of_account :
						     &record->of_domain;

		if (pgsql_take_override(result, row, override) != 0) {
			log_warning("store: the settings of the override of "
				    "%s cannot be read", override->account);
			PQclear(result);
			return STORE_FAILED;
		}
		settings_overlay(&record->settings, override, is_own ?
		    ORIGIN_STORE_ACCOUNT : ORIGIN_STORE_DOMAIN);
	}
	PQclear(result);
	return STORE_DONE;
}

/* $1 account, $2 window, $3 now, of the logins that count. */
#define WITHIN                                                                 \
	"(last_seen > evidence_since AND last_seen > "                         \
	"coalesce($3, clock_timestamp()) - make_interval(secs => $2))"

static enum store_result
read_evidence(struct store_pgsql *self, const char *account,
    struct account_record *record, int64_t deadline_ms)
{
	const struct settings *settings = &record->settings;
	char now[40];
	PGresult *result;

	params_clear(&self->params);
	params_text(&self->params, account);
	params_number(&self->params, settings->window_s);
	params_text(&self->params, pgsql_now(now));
	params_countries(&self->params, &settings->home_countries, false);
	params_countries(&self->params, &settings->exempt_countries, false);
	result = pgsql_run(self, "SELECT count(DISTINCT country) FILTER "
	    "(WHERE NOT is_home AND country <> ''), "
	    "count(*) FILTER (WHERE NOT is_home), "
	    "count(DISTINCT country) FILTER (WHERE is_home), "
	    "count(*) FILTER (WHERE is_home) FROM (SELECT country, "
	    "country = ANY ($4) AS is_home FROM policyd.logins "
	    "WHERE account = $1 AND country <> ALL ($5) AND " WITHIN ") l",
	    deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	record->evidence.countries = (uint32_t)number(result, 0, 0);
	record->evidence.networks = (uint32_t)number(result, 0, 1);
	record->evidence.home_countries = (uint32_t)number(result, 0, 2);
	record->evidence.home_networks = (uint32_t)number(result, 0, 3);
	PQclear(result);
	return STORE_DONE;
}

static enum store_result
read_logins(struct store_pgsql *self, const char *account, size_t most,
    struct account_record *record, int64_t deadline_ms)
{
	char now[40];
	PGresult *result;

	params_clear(&self->params);
	params_text(&self->params, account);
	params_number(&self->params, record->settings.window_s);
	params_text(&self->params, pgsql_now(now));
	params_number(&self->params, (int64_t)most);
	result = pgsql_run(self, "SELECT network, country, "
	    MS("first_seen") ", " MS("last_seen") ", mails, " WITHIN
	    ", count(*) OVER () FROM policyd.logins WHERE account = $1 "
	    "ORDER BY last_seen DESC, network LIMIT $4", deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	record->login_count = (size_t)PQntuples(result);
	record->logins = mem_new(record->login_count, sizeof(*record->logins));
	for (size_t i = 0; i < record->login_count; i++) {
		struct login_record *login = &record->logins[i];
		int row = (int)i;

		addr_parse(text(result, row, 0), &login->network);
		snprintf(login->country, sizeof(login->country), "%s",
		    text(result, row, 1));
		login->first_ms = number(result, row, 2);
		login->last_ms = number(result, row, 3);
		login->mails = (uint64_t)number(result, row, 4);
		login->is_within = text(result, row, 5)[0] == 't';
		record->logins_in_all = (uint64_t)number(result, row, 6);
	}
	PQclear(result);
	return STORE_DONE;
}

static enum store_result
read_rates(struct store_pgsql *self, const char *account,
    struct account_record *record, int64_t deadline_ms)
{
	const struct rates *rates = &record->settings.rates;
	char now[40];
	PGresult *result;

	params_clear(&self->params);
	params_text(&self->params, account);
	params_rates(&self->params, rates);
	params_text(&self->params, pgsql_now(now));
	result = pgsql_run(self, "SELECT coalesce((SELECT policyd.rate_sum("
	    "policyd.rate_ring(a.rates, ($2::integer[])[2 * i], "
	    "coalesce($3, clock_timestamp()))) FROM policyd.account a "
	    "WHERE a.account = $1), 0) FROM generate_series(1, "
	    "coalesce(array_length($2::integer[], 1), 0) / 2) i ORDER BY i",
	    deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	record->rate_count = rates->count;
	for (size_t i = 0; i < rates->count; i++) {
		record->rates[i].per_s = rates->rules[i].per_s;
		record->rates[i].used = (uint32_t)number(result, (int)i, 0);
	}
	PQclear(result);
	return STORE_DONE;
}

enum store_result
pgsql_account(void *opaque, const char *account,
    const struct settings *settings, size_t most_logins,
    struct account_record *record, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;

	(void)settings; /* store.c began record->settings with it */
	if (read_state(self, account, record, deadline_ms) != STORE_DONE ||
	    read_overrides(self, account, record, deadline_ms) !=
		STORE_DONE ||
	    read_evidence(self, account, record, deadline_ms) !=
		STORE_DONE ||
	    read_logins(self, account, most_logins, record, deadline_ms) !=
		STORE_DONE ||
	    read_rates(self, account, record, deadline_ms) != STORE_DONE)
		return STORE_FAILED;
	return STORE_DONE;
}
