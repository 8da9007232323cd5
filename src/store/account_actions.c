/*
 * account_actions.c -- what an administrator asks and does about one account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/store.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/block_row.h"
#include "store/blocked_attempts.h"
#include "store/mode_change.h"
#include "store/places.h"
#include "store/query.h"
#include "store/round.h"
#include "store/side.h"
#include "store/warm_up.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What came of a work. */
struct outcome {
	bool was_blocked;
	unsigned accepted;
};

static enum store_result
play(struct store *store, const struct work *order, struct outcome *outcome,
    int64_t deadline_ms)
{
	struct work *work;
	enum store_result result;

	if (!text_is_utf8(order->account) ||
	    (order->note != NULL && !text_is_utf8(order->note))) {
		log_warning("store: an account or note is not UTF-8");
		return STORE_FAILED;
	}
	work = mem_new(1, sizeof(*work));
	*work = *order;
	do {
		work->progress = WORK_OPEN;
		round_play(store->round, &work, 1, deadline_ms);
	} while (work->progress == WORK_BUSY &&
	    clock_left_ms(deadline_ms) > 0);
	result = work->progress == WORK_DONE ? STORE_DONE : STORE_FAILED;
	outcome->was_blocked = work->was_blocked;
	outcome->accepted = work->accepted;
	work_clear(work);
	free(work);
	return result;
}

enum store_result
store_block(struct store *store, const char *account, uint32_t duration_s,
    const char *note, int64_t deadline_ms)
{
	const struct work order = { .account = account, .kind = WORK_BLOCK,
		.duration_s = duration_s, .note = note };
	struct outcome outcome;

	return play(store, &order, &outcome, deadline_ms);
}

enum store_result
store_unblock(struct store *store, const char *account, int64_t deadline_ms)
{
	return store_unblock_because(store, account, NULL, deadline_ms);
}

enum store_result
store_unblock_because(struct store *store, const char *account,
    const char *reason, int64_t deadline_ms)
{
	const struct work order = { .account = account,
		.kind = WORK_UNBLOCK, .note = reason };
	struct outcome outcome;

	if (play(store, &order, &outcome, deadline_ms) != STORE_DONE)
		return STORE_FAILED;
	return outcome.was_blocked ? STORE_DONE : STORE_NONE;
}

enum store_result
store_unblock_learning(struct store *store, const char *account,
    const char *reason, unsigned *learned, int64_t deadline_ms)
{
	const struct work order = { .account = account,
		.kind = WORK_UNBLOCK, .note = reason, .accepts = true };
	struct outcome outcome;

	*learned = 0;
	if (play(store, &order, &outcome, deadline_ms) != STORE_DONE)
		return STORE_FAILED;
	*learned = outcome.accepted;
	return outcome.was_blocked ? STORE_DONE : STORE_NONE;
}

/* End these; returns how many are over, however that came. */
static size_t
end_all(struct store *store, char **accounts, size_t count,
    int64_t deadline_ms)
{
	struct work *works = mem_new(count, sizeof(*works));
	struct work **list = mem_new(count, sizeof(struct work *));
	size_t done = 0;

	for (size_t i = 0; i < count; i++) {
		works[i].account = accounts[i];
		works[i].kind = WORK_EXPIRE;
		list[i] = &works[i];
	}
	round_play(store->round, list, count, deadline_ms);
	for (size_t i = 0; i < count; i++) {
		done += works[i].progress == WORK_DONE;
		work_clear(&works[i]);
	}
	free(list);
	free(works);
	return done;
}

static void
take_account(struct store *store, void *row)
{
	*(char **)row = query_copy(store, 0);
}

static void
clear_account(void *row)
{
	free(*(char **)row);
}

enum store_result
store_expire(struct store *store, uint64_t *ended, int64_t deadline_ms)
{
	/* Few, so that the transaction is short: each ends with events. */
	enum { BATCH = 50 };
	char **accounts;
	size_t count, done;

	*ended = 0;
	do {
		struct query_list list = { .size = sizeof(char *),
			.take = take_account, .clear = clear_account };

		if (query_all(store, &list, ACCESS_READ, deadline_ms,
			"blocks_over", VALUE_NOW, VALUE_NUMBER(BATCH)) !=
		    STORE_DONE)
			return STORE_FAILED;
		accounts = list.rows;
		count = list.count;
		/* Mostly there is nothing to do. */
		done = count == 0 ? 0 : end_all(store, accounts, count,
		    deadline_ms);
		for (size_t i = 0; i < count; i++)
			free(accounts[i]);
		free(accounts);
		*ended += done;
	} while (count == BATCH && done > 0);
	/* Who calls this regularly also spares the workers this work. */
	if (store->side->rest != NULL)
		store->side->rest(store->self);
	return done == count ? STORE_DONE : STORE_FAILED;
}

/* --- explained ----------------------------------------------------------- */

static void
take_login(struct store *store, void *row)
{
	struct login_record *login = row;

	addr_parse(query_text(store, 0), &login->network);
	snprintf(login->country, sizeof(login->country), "%s",
	    query_text(store, 1));
	login->first_ms = query_number(store, 2);
	login->last_ms = query_number(store, 3);
	login->mails = (uint64_t)query_number(store, 4);
	login->asn = (uint32_t)query_number(store, 5);
}

/* A list of networks that the account was used from. */
static enum store_result
read_logins(struct store *store, const char *statement, const char *account,
    size_t most, struct login_record **logins, size_t *count,
    int64_t deadline_ms)
{
	struct query_list list = { .size = sizeof(**logins),
		.take = take_login };
	enum store_result result = query_all(store, &list, ACCESS_READ,
	    deadline_ms, statement, VALUE_TEXT(account),
	    VALUE_NUMBER(most));

	*logins = list.rows;
	*count = list.count;
	return result;
}

/* The last block, and how many logins there are. */
static enum store_result
read_rest(struct store *store, const char *account,
    struct account_record *record, int64_t deadline_ms)
{
	int worked = query_begin(store, ACCESS_READ, deadline_ms);
	int64_t logins = 0;

	if (worked == 0)
		worked = query(store, "block_last", VALUE_TEXT(account));
	if (worked == 0) {
		int more = query_next(store);

		record->has_block = more > 0;
		if (more > 0)
			block_take_row(store, &record->block);
		while (more > 0)
			more = query_next(store);
		worked = more;
	}
	if (worked == 0)
		worked = query(store, "logins_in_all", VALUE_TEXT(account));
	if (worked == 0)
		worked = query_one(store, 0, &logins);
	record->logins_in_all = (uint64_t)logins;
	return query_end(store, worked);
}

static void
tell_state(const struct work *work, int64_t now_ms,
    struct account_record *record)
{
	const struct account_state *state = &work->state;
	const struct settings *settings = &record->settings;

	record->is_known = state->is_known;
	record->since_ms = state->since_ms;
	record->evidence = places_count(work, settings,
	    places_since(state, settings, now_ms));
	record->history = state->history;
	history_turn(&record->history, now_ms, settings->rules[RULE_DECAY]);
	record->rate_count = settings->rates.count;
	for (size_t i = 0; i < record->rate_count; i++) {
		uint32_t per_s = settings->rates.rules[i].per_s;

		record->rates[i].per_s = per_s;
		record->rates[i].used = (uint32_t)rates_used(&state->rates,
		    per_s, now_ms);
	}
}

enum store_result
store_account(struct store *store, const char *account,
    const struct settings *settings, size_t most_logins,
    struct account_record *record, int64_t deadline_ms)
{
	struct work *work = mem_new(1, sizeof(*work));
	enum store_result result = STORE_FAILED;
	int64_t since_ms;

	memset(record, 0, sizeof(*record));
	record->settings = *settings;
	work->account = account;
	warm_up_look(store, deadline_ms);
	record->is_warm = store->setup.is_warm;
	record->warm_at_ms = store->setup.warm_at_ms;
	if (mode_change_read(store, deadline_ms) == STORE_DONE)
		store->setup.fresh_ms = mode_change_ms(store);
	if (text_is_utf8(account) && round_read(store->round, work,
		&record->settings, &record->now_ms, deadline_ms) == 0) {
		tell_state(work, record->now_ms, record);
		record->of_account = work->of_account;
		record->of_domain = work->of_domain;
		memset(&work->of_account, 0, sizeof(work->of_account));
		memset(&work->of_domain, 0, sizeof(work->of_domain));
		since_ms = places_since(&work->state, &record->settings,
		    record->now_ms);
		result = read_rest(store, account, record, deadline_ms);
		if (result == STORE_DONE)
			result = read_logins(store, "logins_newest", account,
			    most_logins, &record->logins,
			    &record->login_count, deadline_ms);
		if (result == STORE_DONE && most_logins > 0)
			result = read_logins(store, "attempts_of", account,
			    BLOCKED_ATTEMPTS, &record->attempts,
			    &record->attempt_count, deadline_ms);
		for (size_t i = 0; i < record->login_count; i++)
			record->logins[i].is_within =
			    record->logins[i].last_ms > since_ms;
	}
	work_clear(work);
	free(work);
	return result;
}

void
account_record_clear(struct account_record *record)
{
	block_clear(&record->block);
	free(record->logins);
	free(record->attempts);
	override_clear(&record->of_account);
	override_clear(&record->of_domain);
	memset(record, 0, sizeof(*record));
}

bool
account_record_is_blocked(const struct account_record *record)
{
	const struct block *block = &record->block;

	return record->has_block && block->ended_ms == 0 &&
	    (block->until_ms == 0 || block->until_ms > record->now_ms);
}
