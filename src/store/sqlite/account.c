/*
 * account.c -- load and save accounts of a round in an SQLite file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/account.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/sqlite/older_logins.h"
#include "store/sqlite/override_of.h"
#include "store/sqlite/run_statement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- loading ------------------------------------------------------------- */

/* The columns of the statement ACCOUNT_LOAD. */
enum column {
	COLUMN_VERSION, COLUMN_SINCE, COLUMN_BLOCKED_UNTIL, COLUMN_SEEN,
	COLUMN_RATED, COLUMN_COMPLETE, COLUMN_INSTANCE, COLUMN_PLACES,
	COLUMN_RATES, COLUMN_INSTANCES, COLUMN_HISTORY, COLUMN_OLDER,
};

static void
take_state(sqlite3_stmt *row, struct account_state *state)
{
	state->is_known = true;
	state->version = sqlite3_column_int64(row, COLUMN_VERSION);
	state->since_ms = sqlite3_column_int64(row, COLUMN_SINCE);
	state->blocked_until_ms =
	    sqlite3_column_int64(row, COLUMN_BLOCKED_UNTIL);
	state->seen_ms = sqlite3_column_int64(row, COLUMN_SEEN);
	state->rated_ms = sqlite3_column_int64(row, COLUMN_RATED);
	state->complete_ms = sqlite3_column_int64(row, COLUMN_COMPLETE);
	state->last_instance = sqlite3_column_int64(row, COLUMN_INSTANCE);
	state_take_places(state, db_text(row, COLUMN_PLACES));
	rates_unpack(&state->rates, sqlite3_column_blob(row, COLUMN_RATES),
	    (size_t)sqlite3_column_bytes(row, COLUMN_RATES));
	state_take_instances(state,
	    sqlite3_column_blob(row, COLUMN_INSTANCES),
	    (size_t)sqlite3_column_bytes(row, COLUMN_INSTANCES));
	history_unpack(&state->history,
	    sqlite3_column_blob(row, COLUMN_HISTORY),
	    (size_t)sqlite3_column_bytes(row, COLUMN_HISTORY));
}

/* The block of an account that says it is blocked. */
static int
load_held(struct sqlite_db *db, struct work *work)
{
	sqlite3_stmt *row = db_query(db, SQL_BLOCK_HELD,
	    DB_TEXT(work->account));
	struct held_block *held = &work->held;
	int found = db_step(db, row);

	memset(held, 0, sizeof(*held));
	held->cause = CAUSE_MANUAL;
	if (found <= 0)
		return found;
	held->cause = (enum cause)sqlite3_column_int(row, 0);
	held->found = (uint32_t)sqlite3_column_int64(row, 1);
	held->limit = (uint32_t)sqlite3_column_int64(row, 2);
	held->per_s = (uint32_t)sqlite3_column_int64(row, 3);
	held->began_ms = sqlite3_column_int64(row, 4);
	snprintf(held->note, sizeof(held->note), "%s", db_text(row, 5));
	db_done(row);
	return 0;
}

static int
load_work(struct sqlite_db *db, struct work *work, int64_t now_ms)
{
	sqlite3_stmt *row = db_query(db, SQL_ACCOUNT_LOAD,
	    DB_TEXT(work->account));
	int found = db_step(db, row);

	if (found < 0)
		return -1;
	if (found > 0) {
		take_state(row, &work->state);
		work->older_text = mem_dup(db_text(row, COLUMN_OLDER));
		db_done(row);
	}
	if (work->state.blocked_until_ms != 0 && load_held(db, work) != 0)
		return -1;
	if (overrides_load(db, work->account, now_ms, &work->of_domain,
		&work->of_account) == 0)
		return 0;
	if (!db_is_own_failure(db))
		return -1;
	log_limited(&db->limit, LOG_LEVEL_WARNING,
	    "store: a request failed: %s", db->why);
	work->progress = WORK_FAILED;
	return 0;
}

static int
load_slack(struct sqlite_db *db, int64_t *slack_ms)
{
	sqlite3_stmt *row = db_query(db, SQL_REVISION, DB_TEXT("memory"));
	int found = db_step(db, row);

	*slack_ms = 0;
	if (found > 0) {
		*slack_ms = work_slack(sqlite3_column_int64(row, 0));
		db_done(row);
	}
	return found < 0 ? -1 : 0;
}

int
sqlite_load(void *self, struct work *const *works, size_t count, bool is_read,
    int64_t *now_ms, int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	int64_t slack_ms;

	if (!db_ready(db, deadline_ms))
		return -1;
	if (db_begin(db, !is_read) != 0) {
		db_fail(db);
		return -1;
	}
	*now_ms = clock_wall_ms();
	if (load_slack(db, &slack_ms) != 0 || overrides_look(db) != 0) {
		db_fail(db);
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		if (load_work(db, works[i], *now_ms) != 0) {
			db_fail(db);
			return -1;
		}
		works[i]->state.slack_ms = slack_ms;
	}
	return 0;
}

/* --- saving -------------------------------------------------------------- */

/*
 * What fills a row of this length up to a round one. SQLite puts a row that is
 * as long as it was in its place, and writes those of its pages that differ;
 * any other goes to other pages. Only rows beyond one page have some: these,
 * the list of free pages and the first page are written, too, then.
 */
static struct db_value
filler(size_t length)
{
	enum { ROUND = 1024, SHORT = 900, LEAST = 64 };
	/* Of at least so many bytes: the length of the length is the same. */
	static const uint8_t zero[ROUND + LEAST];

	if (length < SHORT)
		return DB_BLOB(NULL, 0);
	return DB_BLOB(zero, LEAST + ROUND - length % ROUND);
}

static int
save_state(struct sqlite_db *db, const struct work *work)
{
	const struct account_state *state = &work->state;
	char places[PLACES_TEXT_SIZE];
	uint8_t rates[RATE_RINGS_BYTES];
	uint8_t instances[INSTANCES_BYTES];
	size_t rates_length = rates_pack(&state->rates, rates);
	size_t instances_length = state_put_instances(state, instances);
	uint8_t history[HISTORY_BYTES_MAX];
	size_t history_length = history_pack(&state->history, history);
	const struct db_value nothing = DB_TEXT(NULL);
	char *older = work->older.is_changed ?
	    older_text(&work->older, state->complete_ms) : NULL;
	const char *stays = work->older_text != NULL ? work->older_text : "";
	size_t length = state_put_places(state, places) + rates_length +
	    instances_length + history_length +
	    strlen(older != NULL ? older : stays);
	int result;

	/* It was looked for in this transaction. */
	result = db_run(db, state->is_known ? SQL_ACCOUNT_SAVE :
	    SQL_ACCOUNT_NEW, DB_TEXT(work->account),
	    DB_INT(state->version + 1), DB_INT(state->since_ms),
	    state->blocked_until_ms != 0 ? DB_INT(state->blocked_until_ms) :
					   nothing,
	    DB_INT(state->seen_ms), DB_INT(state->rated_ms),
	    DB_INT(state->complete_ms), DB_INT(state->last_instance),
	    DB_TEXT(places), DB_BLOB(rates_length > 0 ? rates : NULL,
		rates_length), DB_BLOB(instances_length > 0 ? instances :
		NULL, instances_length), DB_BLOB(history_length > 0 ?
		history : NULL, history_length), DB_TEXT(older),
	    filler(length));
	free(older);
	return result;
}

static int
save_logins(struct sqlite_db *db, const struct work *work)
{
	const struct account_state *state = &work->state;

	for (size_t i = 0; i < state->place_count; i++) {
		const struct place *place = &state->places[i];
		char network[ADDR_TEXT_SIZE];

		if (place_is_due(place) && db_run(db, SQL_LOGIN_WRITE,
			DB_TEXT(work->account),
			DB_TEXT(addr_format(&place->network, network)),
			DB_TEXT(place->country), DB_INT(place->asn),
			DB_INT(place->last_ms), DB_INT(place->pending)) != 0)
			return -1;
	}
	return 0;
}

/* Put the event into the outbox once for each way of telling. */
static int
tell(struct sqlite_db *db, const char *account,
    const struct block_change *change)
{
	const char *channels[CHANNELS_MAX];
	size_t count = store_channels(db->setup->notify, change->is_begin, channels);
	json_t *object = change_json(change);
	char *counts = json_dumps(object, JSON_COMPACT);
	int worked = 0;

	for (size_t i = 0; i < count && worked == 0; i++)
		worked = db_run(db, SQL_OUTBOX_ADD, DB_TEXT(channels[i]),
		    DB_TEXT(change->is_begin ? "block" : "unblock"),
		    DB_TEXT(account), DB_INT(change->at_ms),
		    DB_TEXT(store_server_name()), DB_TEXT(counts));
	free(counts);
	json_decref(object);
	return worked;
}

/* What is told of an end is told as things stood before it. */
static int
save_ends(struct sqlite_db *db, const struct work *work)
{
	for (size_t i = 0; i < work->change_count; i++) {
		const struct block_change *change = &work->changes[i];

		if (!change->is_begin &&
		    (tell(db, work->account, change) != 0 ||
			db_run(db, SQL_BLOCK_END, DB_TEXT(work->account),
			    DB_INT(change->at_ms)) != 0))
			return -1;
	}
	return 0;
}

static int
save_begins(struct sqlite_db *db, const struct work *work)
{
	for (size_t i = 0; i < work->change_count; i++) {
		const struct block_change *change = &work->changes[i];

		if (change->is_begin && (db_run(db, SQL_BLOCK_BEGIN,
			DB_TEXT(work->account), DB_INT(change->cause),
			DB_INT(change->found), DB_INT(change->limit),
			DB_INT(change->per_s), DB_TEXT(change->note),
			DB_INT(change->at_ms), DB_INT(change->until_ms),
			DB_TEXT(change->client),
			DB_TEXT(change->country)) != 0 ||
			tell(db, work->account, change) != 0))
			return -1;
	}
	return 0;
}

static int
save_audit(struct sqlite_db *db, const struct work *work)
{
	const char *action;
	char *detail;
	int result;

	if (!work->is_audited || db->actor.name == NULL)
		return 0;
	detail = work_audit(work, &action);
	/* The statements that audit.c runs, within this transaction. */
	result = sqlite_run_named(db, "audit_add", VALUE_TEXT(work->account),
	    VALUE_NOW, VALUE_TEXT(db->actor.name),
	    VALUE_TEXT(db->actor.origin), VALUE_TEXT(action),
	    VALUE_TEXT(detail));
	free(detail);
	return result != 0 ? -1 : sqlite_run_named(db, "audit_forget", VALUE_NOW);
}

static int
save_reached(struct sqlite_db *db, const struct work *work, int64_t now_ms)
{
	for (size_t i = 0; i < work->reached_count; i++) {
		const struct reached *reached = &work->reached[i];

		if (db_run(db, SQL_HIT, DB_TEXT(work->account),
			DB_INT(reached->cause), DB_INT(reached->limit),
			DB_INT(reached->per_s), DB_INT(now_ms),
			DB_INT(reached->times)) != 0)
			return -1;
	}
	return 0;
}

static int
save_work(struct sqlite_db *db, const struct work *work, int64_t now_ms)
{
	if (save_ends(db, work) != 0 || (work->is_changed &&
		(save_logins(db, work) != 0 || save_state(db, work) != 0 ||
		    older_trim(db, work) != 0)) ||
	    save_begins(db, work) != 0)
		return -1;
	if (work->is_moved && db_run(db, SQL_BLOCK_MOVE,
		DB_TEXT(work->account), DB_INT(work->held.began_ms),
		DB_INT(work->state.blocked_until_ms)) != 0)
		return -1;
	if (work->is_orphan && db_run(db, SQL_BLOCK_END,
		DB_TEXT(work->account), DB_INT(now_ms)) != 0)
		return -1;
	if (work->attempts > 0 && db_run(db, SQL_BLOCK_ATTEMPTS,
		DB_TEXT(work->account), DB_INT(work->attempts)) != 0)
		return -1;
	if (save_reached(db, work, now_ms) != 0)
		return -1;
	return save_audit(db, work);
}

int
sqlite_save(void *self, struct work *const *works, size_t count,
    int64_t now_ms, int64_t deadline_ms)
{
	struct sqlite_db *db = self;

	(void)deadline_ms; /* that of the load */
	for (size_t i = 0; i < count; i++) {
		db->must_last |= works[i]->must_last;
		if (save_work(db, works[i], now_ms) != 0) {
			db_fail(db);
			return -1;
		}
	}
	if (db_commit(db) != 0) {
		db_fail(db);
		return -1;
	}
	for (size_t i = 0; i < count; i++)
		works[i]->progress = WORK_DONE;
	return 0;
}

void
sqlite_leave(void *self)
{
	struct sqlite_db *db = self;

	if (db->handle != NULL && !sqlite3_get_autocommit(db->handle))
		db_commit(db); /* what was read */
}

bool
sqlite_may_retry(void *self)
{
	(void)self; /* the file is where it was */
	return false;
}
