/*
 * check.c -- record, count and judge requests in an SQLite file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same steps in the same order as policyd.check in
 * schema/pgsql/check.sql; the write lock stands for the lock of the row.
 */
#include "store/sqlite/check.h"

#include "base/clock.h"
#include "store/sqlite/block.h"
#include "store/sqlite/override_of.h"
#include "store/sqlite/places.h"

#include <stdio.h>
#include <string.h>

/* A request while it is worked on. */
struct question {
	struct sqlite_db *db;
	const struct check *check;
	struct finding *finding;
	struct settings settings;	/* overrides included */
	struct account_row row;
	char network[ADDR_TEXT_SIZE];	/* "": the login does not count */
	int64_t instance;
	int64_t now_ms;
	int64_t since_ms;		/* logins up to here do not count */
};

/* The account is blocked: count the attempt. */
static int
answer_blocked(struct question *q)
{
	struct finding *finding = q->finding;
	sqlite3_stmt *row = db_query(q->db, SQL_BLOCK_ATTEMPT,
	    DB_TEXT(q->row.account));
	int found = db_step(q->db, row);

	finding->verdict = VERDICT_BLOCKED;
	finding->cause = CAUSE_MANUAL;
	if (q->row.blocked_until != DB_FOREVER)
		finding->until_ms = q->row.blocked_until;
	finding->evidence = q->row.places;
	if (found > 0) {
		finding->cause = (enum cause)sqlite3_column_int(row, 0);
		finding->found = (uint32_t)sqlite3_column_int64(row, 1);
		finding->limit = (uint32_t)sqlite3_column_int64(row, 2);
		finding->per_s = (uint32_t)sqlite3_column_int64(row, 3);
		snprintf(finding->note, sizeof(finding->note), "%s",
		    db_text(row, 4));
		found = db_step(q->db, row);
	}
	return found;
}

/* Write the login to its row; is it new to the window, or in a new country? */
static int
write_login(struct question *q, int64_t mails, bool *is_new)
{
	struct account_row *row = &q->row;
	const char *country = q->check->login.country;
	sqlite3_stmt *old;
	int found;

	/* What is pending goes to the row it belongs to. */
	if (strcmp(row->last_network, q->network) == 0)
		mails += row->pending;
	else if (row->last_network[0] != '\0' &&
	    (row->pending > 0 || row->last_seen > row->written_at) &&
	    db_run(q->db, SQL_LOGIN_FLUSH, DB_TEXT(row->account),
		DB_TEXT(row->last_network), DB_INT(row->pending),
		DB_INT(row->last_seen)) != 0)
		return -1;
	row->pending = 0;
	old = db_query(q->db, SQL_LOGIN_FIND, DB_TEXT(row->account),
	    DB_TEXT(q->network));
	found = db_step(q->db, old);
	if (found < 0)
		return -1;
	*is_new = found == 0 || sqlite3_column_int64(old, 1) <= q->since_ms ||
	    strcmp(db_text(old, 0), country) != 0;
	if (found > 0)
		db_done(old);
	row->written_at = q->now_ms;
	return db_run(q->db, SQL_LOGIN_WRITE, DB_TEXT(row->account),
	    DB_TEXT(q->network), DB_TEXT(country), DB_INT(q->now_ms),
	    DB_INT(mails));
}

/* Record the login: in the account's row, or in its own if that is stale. */
static int
record_login(struct question *q, bool *is_new)
{
	struct account_row *row = &q->row;
	const struct settings *settings = &q->settings;
	const char *country = q->check->login.country;
	int64_t fresh_ms = settings->window_s / 60 < 60 ?
	    settings->window_s / 60 * 1000 : 60000;
	int64_t mails = q->instance == 0 || row->last_instance != q->instance;

	*is_new = false;
	if (strcmp(row->last_network, q->network) == 0 &&
	    strcmp(row->last_country, country) == 0 &&
	    row->last_seen > q->since_ms &&
	    row->written_at > q->now_ms - fresh_ms)
		row->pending += mails;
	else if (write_login(q, mails, is_new) != 0)
		return -1;
	strcpy(row->last_network, q->network);
	strcpy(row->last_country, country);
	row->last_seen = q->now_ms;
	row->last_instance = q->instance;
	return 0;
}

/* Count the places within the window, this login included. */
static int
count_places(struct question *q)
{
	struct account_row *row = &q->row;
	int64_t oldest_ms;
	sqlite3_stmt *logins = db_query(q->db, SQL_LOGINS_SINCE,
	    DB_TEXT(row->account), DB_INT(q->since_ms));

	if (places_count(q->db, logins, &q->settings, &row->places,
		&oldest_ms) != 0)
		return -1;
	if (oldest_ms == 0)
		oldest_ms = q->now_ms;
	row->counted_until = oldest_ms + (int64_t)q->settings.window_s * 1000;
	row->counted_with = places_settings(&q->settings);
	return 0;
}

static int
judge_login(struct question *q)
{
	struct account_row *row = &q->row;
	struct finding *finding = q->finding;
	struct judgement judgement;
	bool is_new;

	q->since_ms = q->now_ms - (int64_t)q->settings.window_s * 1000;
	if (row->evidence_since > q->since_ms)
		q->since_ms = row->evidence_since;
	if (record_login(q, &is_new) != 0)
		return -1;
	if ((is_new || row->counted_until <= q->now_ms ||
		row->counted_with != places_settings(&q->settings)) &&
	    count_places(q) != 0)
		return -1;
	judgement =
	    q->db->setup->judge(&q->settings, &row->places, &q->check->login);
	if (judgement.cause == CAUSE_NONE)
		return 0;
	finding->cause = judgement.cause;
	finding->found = judgement.found;
	finding->limit = judgement.limit;
	finding->per_s = q->settings.window_s;
	finding->verdict =
	    q->db->setup->block->enabled ? VERDICT_BLOCKED : VERDICT_OVER_LIMIT;
	return 0;
}

/* Refused mail is not counted, and one mail is counted once. */
static void
ask_rates(struct question *q)
{
	const struct check *check = q->check;
	const struct rates *rates = &q->settings.rates;
	struct finding *finding = q->finding;
	uint64_t used = 0;
	size_t broken;

	if (finding->cause != CAUSE_NONE || check->weight == 0 ||
	    rates->count == 0 || (check->weighs_once &&
				     row_has_instance(&q->row, q->instance)))
		return;
	broken = rates_ask(&q->row.rates, rates, check->weight, q->now_ms,
	    &used);
	if (broken > 0) {
		finding->verdict = VERDICT_OVER_RATE;
		finding->cause = CAUSE_RATE;
		finding->found = (uint32_t)used;
		finding->limit = rates->rules[broken - 1].mails;
		finding->per_s = rates->rules[broken - 1].per_s;
		return;
	}
	q->row.rated_at = q->now_ms;
	if (check->weighs_once && q->instance != 0)
		row_add_instance(&q->row, q->instance);
}

/* What was found has consequences: the report's row, a block. */
static int
conclude(struct question *q)
{
	struct finding *finding = q->finding;
	char client[ADDR_TEXT_SIZE] = "";
	struct block_cause cause = { finding->cause, finding->found,
		finding->limit, finding->per_s, "", client,
		q->check->login.country, q->db->setup->block->duration_s };

	if (finding->cause == CAUSE_NONE)
		return 0;
	if (db_run(q->db, SQL_HIT, DB_TEXT(q->row.account),
		DB_INT(finding->cause), DB_INT(finding->limit),
		DB_INT(finding->per_s), DB_INT(q->now_ms)) != 0)
		return -1;
	if (finding->verdict != VERDICT_BLOCKED ||
	    *q->db->setup->mode == MODE_OBSERVE)
		return 0;
	finding->is_new_block = true;
	if (q->check->login.client.bits != 0)
		addr_format(&q->check->login.client, client);
	if (block_begin(q->db, &q->row, &cause, q->now_ms) != 0)
		return -1;
	if (q->row.blocked_until != DB_FOREVER)
		finding->until_ms = q->row.blocked_until;
	return 0;
}

/* All but the override, whose memory the caller frees. */
static int
answer(struct question *q)
{
	struct account_row *row = &q->row;
	struct finding *finding = q->finding;
	bool counts = q->check->login.network.bits != 0;
	bool weighs = q->check->weight > 0 && q->settings.rates.count > 0;

	finding->max_countries = q->settings.countries;
	finding->max_networks = q->settings.networks;
	finding->home_max_countries = q->settings.home_max_countries;
	finding->home_max_networks = q->settings.home_max_networks;
	if (row_load(q->db, q->check->account, row) != 0)
		return -1;
	if (row->blocked_until > q->now_ms)
		return answer_blocked(q);
	/* Its time is over: a fresh count begins where it ended. */
	if (row->blocked_until != 0 &&
	    block_end(q->db, row, row->blocked_until) != 0)
		return -1;
	if (counts && judge_login(q) != 0)
		return -1;
	finding->evidence = row->places;
	ask_rates(q);
	if ((counts || weighs) && row_save(q->db, row) != 0)
		return -1;
	return conclude(q);
}

int
sqlite_check_one(struct sqlite_db *db, struct check *check)
{
	struct question q = { .db = db, .check = check,
		.finding = &check->finding, .settings = *check->settings,
		.instance = row_instance(check->instance),
		.now_ms = clock_wall_ms() };
	struct override of_domain = { 0 };
	struct override of_account = { 0 };
	int result = -1;

	memset(&check->finding, 0, sizeof(check->finding));
	if (check->login.network.bits != 0)
		addr_format(&check->login.network, q.network);
	if (db_is_utf8(db, check->account) &&
	    override_lay(db, check->account, q.now_ms, &q.settings,
		&of_domain, &of_account) == 0)
		result = answer(&q);
	override_clear(&of_domain);
	override_clear(&of_account);
	return result;
}
