/*
 * test_round.c -- rounds on a store whose rows others change, lock and lose.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/round.h"

#include "base/clock.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define NOW INT64_C(1767225600000)

enum { ACCOUNTS = 3, PATIENCE_MS = 5000 };

/* A store of three accounts: "0", "1" and "2". */
struct shelf {
	struct account_state rows[ACCOUNTS];
	int64_t version;
	bool is_locked[ACCOUNTS];
	unsigned conflicts;	/* so many times somebody else was faster */
	unsigned lost_answers;	/* of saves that were done */
	unsigned lost_orders;	/* of saves that were not */
	unsigned late_orders;	/* lost, but done when the next one comes */
	int64_t late_ms;	/* at this time or later; they have the rows */
	bool is_shared;		/* others save each row after each save */
	struct timespec losing;	/* so long it takes until that is seen */
	bool is_gone;		/* it is not tried again then */
	unsigned loads, saves;
	struct {
		bool is_due;
		struct account_state state;
	} late[ACCOUNTS];
};

static int
load(void *self, struct work *const *works, size_t count, bool is_read,
    int64_t *now_ms, int64_t deadline_ms)
{
	struct shelf *shelf = self;

	(void)is_read;
	(void)deadline_ms;
	*now_ms = NOW;
	shelf->loads++;
	for (size_t i = 0; i < count; i++)
		works[i]->state = shelf->rows[works[i]->account[0] - '0'];
	return 0;
}

static int
load_rows(void *self, struct work *work, size_t most, int64_t deadline_ms)
{
	(void)self;
	(void)work;
	(void)most;
	(void)deadline_ms;
	return 0;
}

/* As if the row was loaded with a version, and became `state`. */
static bool
write_row(struct account_state *row, const struct account_state *state,
    int64_t version)
{
	if (row->version != state->version)
		return false;
	*row = *state;
	row->is_known = true;
	row->version = version;
	return true;
}

static void
do_what_is_late(struct shelf *shelf)
{
	if (clock_mono_ms() < shelf->late_ms)
		return;
	for (size_t i = 0; i < ACCOUNTS; i++) {
		if (shelf->late[i].is_due)
			write_row(&shelf->rows[i], &shelf->late[i].state,
			    ++shelf->version);
		shelf->late[i].is_due = false;
	}
}

/* Returns whether the row is written. */
static bool
save_one(struct shelf *shelf, struct work *work)
{
	size_t place = (size_t)(work->account[0] - '0');
	struct account_state *row = &shelf->rows[place];

	if (shelf->conflicts > 0) {
		shelf->conflicts--;
		row->version = ++shelf->version;
	}
	work_sign(work, ++shelf->version);
	if (shelf->late_orders > 0) {
		shelf->late[place].is_due = true;
		shelf->late[place].state = work->state;
		return false;
	}
	if (shelf->is_locked[place] || shelf->late[place].is_due ||
	    !write_row(row, &work->state, work->saved_version))
		return false;
	if (shelf->is_shared)
		row->version = ++shelf->version;
	return true;
}

static int
save(void *self, struct work *const *works, size_t count, int64_t now_ms,
    int64_t deadline_ms)
{
	struct shelf *shelf = self;
	unsigned *lost = shelf->late_orders > 0 ? &shelf->late_orders :
						  &shelf->lost_answers;

	(void)now_ms;
	(void)deadline_ms;
	shelf->saves++;
	do_what_is_late(shelf);
	if (shelf->lost_orders > 0) {
		shelf->lost_orders--;
		nanosleep(&shelf->losing, NULL);
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		bool is_saved = !works[i]->is_changed ||
		    save_one(shelf, works[i]);

		if (is_saved && *lost == 0)
			works[i]->progress = WORK_DONE;
	}
	if (*lost == 0)
		return 0;
	--*lost;
	return -1;
}

static bool
may_retry(void *self)
{
	const struct shelf *shelf = self;

	return !shelf->is_gone;
}

static void
leave(void *self)
{
	(void)self;
}

static struct judgement
judge(const struct settings *settings, const struct evidence *evidence,
    const struct login *login)
{
	(void)settings;
	(void)evidence;
	(void)login;
	return (struct judgement){ .cause = CAUSE_NONE };
}

static const struct store_side side = { .load = load,
	.load_rows = load_rows, .save = save, .may_retry = may_retry,
	.leave = leave };
static const struct block_options block = { .enabled = true };
static const enum mode mode = MODE_ENFORCE;
static const struct settings settings = { .window_s = 86400,
	.rates = { 1, { { 100, 3600 } } } };
static const struct store_setup setup = { .block = &block, .mode = &mode,
	.settings = &settings, .judge = judge };

static struct shelf shelf;

/* One mail of each account, in one round; without an instance. */
static void
mail_each(struct check checks[ACCOUNTS])
{
	static const char *const names[ACCOUNTS] = { "0", "1", "2" };
	struct round *round = round_new(&setup, &side, &shelf);

	memset(checks, 0, ACCOUNTS * sizeof(*checks));
	for (size_t i = 0; i < ACCOUNTS; i++) {
		checks[i].account = names[i];
		checks[i].instance = "";
		checks[i].weight = 1;
		checks[i].settings = &settings;
		ck_assert_int_eq(addr_parse("192.0.2.1",
		    &checks[i].login.network), 0);
	}
	round_check(round, checks, ACCOUNTS, clock_mono_ms() + PATIENCE_MS);
	round_free(round);
}

static void
see_mails(size_t account, uint64_t mails)
{
	ck_assert_uint_eq(rates_used(&shelf.rows[account].rates, 3600, NOW),
	    mails);
}

static const struct {
	const char *name;
	unsigned conflicts, lost_answers, lost_orders, late_orders;
	bool is_shared;
	unsigned late_ms;
} troubles[] = {
	{ "none", 0, 0, 0, 0, false, 0 },
	{ "somebody else was faster", 1, 0, 0, 0, false, 0 },
	{ "and again", 10, 0, 0, 0, false, 0 },
	{ "the answer was lost", 0, 1, 0, 0, false, 0 },
	{ "what was to be saved was lost", 0, 0, 1, 0, false, 0 },
	{ "one was not saved, and the answer was lost", 1, 1, 0, 0, false, 0 },
	{ "others changed the rows", 0, 0, 0, 0, true, 0 },
	{ "and the answer was lost", 0, 1, 0, 0, true, 0 },
	{ "it was done late, when it was tried again", 0, 0, 0, 1, false, 0 },
	{ "and others changed the rows", 0, 0, 0, 1, true, 0 },
	{ "it was done later than rows that are locked are waited for", 0, 0, 0,
	    1, false, 100 },
};

START_TEST(each_mail_weighs_once)
{
	for (size_t i = 0; i < ROWS(troubles); i++) {
		struct check checks[ACCOUNTS];

		memset(&shelf, 0, sizeof(shelf));
		shelf.conflicts = troubles[i].conflicts;
		shelf.lost_answers = troubles[i].lost_answers;
		shelf.lost_orders = troubles[i].lost_orders;
		shelf.late_orders = troubles[i].late_orders;
		shelf.is_shared = troubles[i].is_shared;
		shelf.late_ms = clock_mono_ms() + troubles[i].late_ms;
		mail_each(checks);
		for (size_t k = 0; k < ACCOUNTS; k++) {
			ck_assert_msg(checks[k].result == STORE_DONE, "%s",
			    troubles[i].name);
			ck_assert_uint_eq(
			    checks[k].finding.evidence.found[MEASURE_NETWORKS], 1);
			see_mails(k, 1);
		}
	}
}
END_TEST

START_TEST(a_store_that_is_away_is_tried_twice)
{
	struct check checks[ACCOUNTS];

	memset(&shelf, 0, sizeof(shelf));
	shelf.lost_orders = 5;
	/* Longer than a row that is locked is waited for. */
	shelf.losing.tv_nsec = 60 * 1000 * 1000;
	mail_each(checks);
	ck_assert_uint_eq(shelf.saves, 2);
	for (size_t i = 0; i < ACCOUNTS; i++) {
		ck_assert_int_eq(checks[i].result, STORE_FAILED);
		ck_assert(!checks[i].is_busy);
	}
}
END_TEST

START_TEST(a_row_that_is_locked_holds_up_its_account)
{
	struct check checks[ACCOUNTS];
	int64_t began_ms = clock_mono_ms();

	memset(&shelf, 0, sizeof(shelf));
	shelf.is_locked[1] = true;
	mail_each(checks);
	ck_assert_int_lt(clock_mono_ms() - began_ms, PATIENCE_MS / 2);
	ck_assert_int_eq(checks[0].result, STORE_DONE);
	ck_assert_int_eq(checks[1].result, STORE_FAILED);
	ck_assert(checks[1].is_busy);
	ck_assert_int_eq(checks[2].result, STORE_DONE);
	see_mails(0, 1);
	see_mails(1, 0);
	/* It pauses between its tries. */
	ck_assert_uint_le(shelf.loads, 150);
	shelf.is_locked[1] = false;
	mail_each(checks);
	ck_assert_int_eq(checks[1].result, STORE_DONE);
	ck_assert(!checks[1].is_busy);
	see_mails(1, 1);
}
END_TEST

/* Versions are numbers of 63 bits. */
START_TEST(all_rows_are_locked)
{
	struct check checks[ACCOUNTS];

	memset(&shelf, 0, sizeof(shelf));
	for (size_t i = 0; i < ACCOUNTS; i++) {
		shelf.rows[i].is_known = true;
		shelf.rows[i].version = INT64_MAX - (int64_t)i;
		shelf.is_locked[i] = true;
	}
	mail_each(checks);
	for (size_t i = 0; i < ACCOUNTS; i++)
		ck_assert(checks[i].is_busy);
}
END_TEST

START_TEST(an_end_whose_answer_was_lost_is_an_end)
{
	struct round *round = round_new(&setup, &side, &shelf);
	struct work *work = calloc(1, sizeof(*work));

	memset(&shelf, 0, sizeof(shelf));
	shelf.rows[0].is_known = true;
	shelf.rows[0].version = 1;
	shelf.version = 1;
	shelf.rows[0].blocked_until_ms = STATE_FOREVER;
	shelf.lost_answers = 1;
	work->account = "0";
	work->kind = WORK_UNBLOCK;
	round_play(round, &work, 1, clock_mono_ms() + PATIENCE_MS);
	ck_assert_int_eq(work->progress, WORK_DONE);
	ck_assert(work->was_blocked);
	ck_assert_int_eq(shelf.rows[0].blocked_until_ms, 0);
	/* Nothing to end, as it was not blocked when it was loaded again. */
	work->progress = WORK_OPEN;
	work->saved_version = work->mark = 0;
	round_play(round, &work, 1, clock_mono_ms() + PATIENCE_MS);
	ck_assert_int_eq(work->progress, WORK_DONE);
	ck_assert(!work->was_blocked);
	work_clear(work);
	free(work);
	round_free(round);
}
END_TEST

/* Mails of account 0 that passed before; whether they were written is asked. */
static void
owe(struct check *check, uint32_t mails, int64_t mark)
{
	struct round *round = round_new(&setup, &side, &shelf);

	*check = (struct check){ .account = "0", .instance = "",
		.settings = &settings, .held = mails, .is_held_only = true,
		.mark = mark };
	ck_assert_int_eq(addr_parse("192.0.2.1", &check->login.network), 0);
	round_check(round, check, 1, clock_mono_ms() + PATIENCE_MS);
	round_free(round);
}

/* Whoever has the row meanwhile. */
static void
see_written_once(bool is_shared)
{
	struct check check;
	int64_t mark;

	memset(&shelf, 0, sizeof(shelf));
	shelf.rows[0].is_known = true;
	shelf.is_shared = is_shared;
	shelf.lost_answers = 1;
	shelf.is_gone = true;
	owe(&check, 3, 0);
	ck_assert_int_eq(check.result, STORE_FAILED);
	ck_assert_int_eq(shelf.rows[0].places[0].pending, 3);
	mark = check.mark;
	ck_assert_int_ne(mark, 0);
	shelf.is_gone = false;
	owe(&check, 3, mark);
	ck_assert_int_eq(check.result, STORE_DONE);
	ck_assert_int_eq(shelf.rows[0].places[0].pending, 3);
	/* Who goes on with the same check asks anew. */
	ck_assert_int_eq(check.mark, 0);
	/* Of an order that was lost nothing was. */
	shelf.lost_orders = 1;
	shelf.is_gone = true;
	owe(&check, 2, 0);
	ck_assert_int_eq(check.result, STORE_FAILED);
	shelf.is_gone = false;
	owe(&check, 2, check.mark);
	ck_assert_int_eq(check.result, STORE_DONE);
	ck_assert_int_eq(shelf.rows[0].places[0].pending, 5);
}

START_TEST(what_was_written_is_not_written_again)
{
	see_written_once(false);
	see_written_once(true);
}
END_TEST

/* What may be written yet has the row when it is tried again. */
START_TEST(what_is_written_late_is_not_written_again)
{
	struct check check;

	memset(&shelf, 0, sizeof(shelf));
	shelf.rows[0].is_known = true;
	shelf.late_orders = 1;
	shelf.late_ms = INT64_MAX;
	shelf.is_gone = true;
	owe(&check, 3, 0);
	ck_assert_int_eq(check.result, STORE_FAILED);
	shelf.is_gone = false;
	owe(&check, 3, check.mark);
	ck_assert(check.is_busy);
	ck_assert_uint_eq(shelf.rows[0].place_count, 0);
	shelf.late_ms = 0;
	owe(&check, 3, check.mark);
	ck_assert_int_eq(check.result, STORE_DONE);
	ck_assert_int_eq(shelf.rows[0].places[0].pending, 3);
}
END_TEST

/* Others count on the account again and again, each with an end of its own. */
static void
count_meanwhile(unsigned others, unsigned each)
{
	for (unsigned i = 0; i < others; i++) {
		struct round *other = round_new(&setup, &side, &shelf);
		struct check check = { .account = "0", .instance = "",
			.settings = &settings, .held = 1 };

		for (unsigned k = 0; k < each; k++) {
			round_check(other, &check, 1,
			    clock_mono_ms() + PATIENCE_MS);
			ck_assert_int_eq(check.result, STORE_DONE);
		}
		round_free(other);
	}
}

/* However much others count until it is asked, as many as there is room for
 * marks of; and so does who lost the answer. */
START_TEST(what_was_written_is_found_behind_all_that_others_count)
{
	struct round *round = round_new(&setup, &side, &shelf);
	struct check lost = { .account = "0", .instance = "",
		.settings = &settings, .held = 3, .is_held_only = true };
	struct check own = { .account = "0", .instance = "",
		.settings = &settings };

	memset(&shelf, 0, sizeof(shelf));
	shelf.rows[0].is_known = true;
	ck_assert_int_eq(addr_parse("192.0.2.1", &lost.login.network), 0);
	shelf.lost_answers = 1;
	shelf.is_gone = true;
	round_check(round, &lost, 1, clock_mono_ms() + PATIENCE_MS);
	ck_assert_int_eq(lost.result, STORE_FAILED);
	ck_assert(lost.may_be_written);
	shelf.is_gone = false;
	count_meanwhile(MARKS_MAX - 2, 20);
	for (int i = 0; i < 50; i++)
		round_check(round, &own, 1, clock_mono_ms() + PATIENCE_MS);
	ck_assert_int_eq(own.result, STORE_DONE);
	ck_assert(!own.may_be_written);
	round_check(round, &lost, 1, clock_mono_ms() + PATIENCE_MS);
	ck_assert_int_eq(lost.result, STORE_DONE);
	ck_assert_int_eq(shelf.rows[0].places[0].pending, 3);
	round_free(round);
}
END_TEST

/* A mail that passed without the store, which may have counted it: it is owed
 * by its instance, once or twice. */
START_TEST(a_mail_that_is_owed_by_its_instance_counts_once)
{
	struct round *round = round_new(&setup, &side, &shelf);
	struct check first = { .account = "0", .instance = "one",
		.settings = &settings };
	struct check owed;

	for (int was_written = 0; was_written < 2; was_written++) {
		memset(&shelf, 0, sizeof(shelf));
		shelf.rows[0].is_known = true;
		ck_assert_int_eq(addr_parse("192.0.2.1",
		    &first.login.network), 0);
		shelf.lost_answers = was_written;
		shelf.lost_orders = !was_written;
		shelf.is_gone = true;
		round_check(round, &first, 1, clock_mono_ms() + PATIENCE_MS);
		ck_assert_int_eq(first.result, STORE_FAILED);
		shelf.is_gone = false;
		count_meanwhile(3, 20);
		for (int i = 0; i < 2; i++) {
			owed = first;
			owed.is_held_only = true;
			round_check(round, &owed, 1,
			    clock_mono_ms() + PATIENCE_MS);
			ck_assert_int_eq(owed.result, STORE_DONE);
			ck_assert_int_eq(shelf.rows[0].places[0].pending, 1);
		}
	}
	round_free(round);
}
END_TEST

/* An account that is busy: the instances of so many others come between that
 * it is known by its mark alone. */
START_TEST(a_mail_of_a_busy_account_is_found_behind_all_others)
{
	struct round *round = round_new(&setup, &side, &shelf);
	struct check mail = { .account = "0", .instance = "one",
		.settings = &settings };
	char name[16];

	memset(&shelf, 0, sizeof(shelf));
	ck_assert_int_eq(addr_parse("192.0.2.1", &mail.login.network), 0);
	round_check(round, &mail, 1, clock_mono_ms() + PATIENCE_MS);
	mail.instance = "two";
	shelf.lost_answers = 1;
	shelf.is_gone = true;
	round_check(round, &mail, 1, clock_mono_ms() + PATIENCE_MS);
	ck_assert_int_eq(mail.result, STORE_FAILED);
	shelf.is_gone = false;
	for (int i = 0; i < INSTANCES_MAX; i++) {
		struct check another = mail;

		snprintf(name, sizeof(name), "other%d", i);
		another.instance = name;
		another.mark = 0;
		round_check(round, &another, 1,
		    clock_mono_ms() + PATIENCE_MS);
	}
	ck_assert_int_eq(shelf.rows[0].places[0].pending, 2 + INSTANCES_MAX);
	mail.is_held_only = true;
	round_check(round, &mail, 1, clock_mono_ms() + PATIENCE_MS);
	ck_assert_int_eq(mail.result, STORE_DONE);
	ck_assert_int_eq(shelf.rows[0].places[0].pending, 2 + INSTANCES_MAX);
	round_free(round);
}
END_TEST

START_TEST(who_was_forgotten_is_not_remade)
{
	struct check check;

	memset(&shelf, 0, sizeof(shelf));
	owe(&check, 3, 0);
	ck_assert_int_eq(check.result, STORE_DONE);
	ck_assert(!shelf.rows[0].is_known);
	ck_assert_uint_eq(shelf.rows[0].place_count, 0);
}
END_TEST

UNIT("store/round", each_mail_weighs_once, a_store_that_is_away_is_tried_twice,
    a_row_that_is_locked_holds_up_its_account, all_rows_are_locked,
    an_end_whose_answer_was_lost_is_an_end,
    what_was_written_is_not_written_again,
    what_is_written_late_is_not_written_again,
    what_was_written_is_found_behind_all_that_others_count,
    a_mail_that_is_owed_by_its_instance_counts_once,
    a_mail_of_a_busy_account_is_found_behind_all_others,
    who_was_forgotten_is_not_remade)
