/*
 * test_blocking.c -- blocks begin and end, by hand and by time.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/blocking.h"
#include "unit.h"

#include <string.h>

#define NOW INT64_C(1767225600000)
enum { HOUR_MS = 3600000 };

static const struct settings settings = { .window_s = 86400 };
static struct work work;

/* joe, blocked until then since an hour ago, with a login of that time. */
static void
prepare(int kind, int64_t until_ms)
{
	struct addr network;

	work_clear(&work);
	memset(&work, 0, sizeof(work));
	work.account = "joe";
	work.kind = kind;
	work.note = "why";
	work.state.is_known = true;
	work.state.blocked_until_ms = until_ms;
	work.held.began_ms = NOW - HOUR_MS;
	ck_assert_int_eq(addr_parse("192.0.2.1", &network), 0);
	*state_add(&work.state, &network) = (struct place){
		.network = network, .country = "DE",
		.last_ms = NOW - HOUR_MS, .written_ms = NOW - HOUR_MS };
}

static const struct {
	const char *name;
	int kind;
	int64_t until_ms;
	bool is_end, was_blocked, is_audited, is_orphan;
	int64_t since_ms;
} rows[] = {
	{ "unblock who is blocked", WORK_UNBLOCK, NOW + 1, true, true, true,
	    false, NOW },
	{ "unblock who is for ever", WORK_UNBLOCK, STATE_FOREVER, true, true,
	    true, false, NOW },
	{ "unblock who is not", WORK_UNBLOCK, 0, false, false, false, false,
	    0 },
	{ "unblock when it is over, and nobody saw", WORK_UNBLOCK, NOW, true,
	    false, false, false, NOW },
	{ "it is over", WORK_EXPIRE, NOW - 5, true, true, false, false,
	    NOW - 5 },
	{ "it was ended meanwhile, and the row was left", WORK_EXPIRE, 0,
	    false, false, false, true, 0 },
	{ "it was begun anew meanwhile", WORK_EXPIRE, NOW + 1, false, false,
	    false, false, 0 },
	{ "and for ever", WORK_EXPIRE, STATE_FOREVER, false, false, false,
	    false, 0 },
};

START_TEST(blocks_end)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *name = rows[i].name;

		prepare(rows[i].kind, rows[i].until_ms);
		blocking_apply(&work, &settings, NOW);
		ck_assert_msg(work.change_count == rows[i].is_end, "%s", name);
		ck_assert_msg(work.was_blocked == rows[i].was_blocked, "%s",
		    name);
		ck_assert_msg(work.is_audited == rows[i].is_audited, "%s",
		    name);
		ck_assert_msg(work.is_orphan == rows[i].is_orphan, "%s", name);
		ck_assert_msg(work.state.since_ms == rows[i].since_ms, "%s",
		    name);
		ck_assert_msg(work.is_changed ==
		    (rows[i].is_end || rows[i].is_orphan), "%s", name);
		if (!rows[i].is_end) {
			ck_assert_int_eq(work.state.blocked_until_ms,
			    rows[i].until_ms);
			continue;
		}
		ck_assert_int_eq(work.state.blocked_until_ms, 0);
		ck_assert(work.must_last);
		ck_assert(!work.changes[0].is_begin);
		ck_assert_int_eq(work.changes[0].at_ms, rows[i].since_ms);
		ck_assert_uint_eq(work.changes[0].evidence.found[MEASURE_NETWORKS], 1);
		ck_assert(work.state.places[0].is_gone);
		ck_assert_int_eq(work.state.complete_ms, rows[i].since_ms);
	}
}
END_TEST

START_TEST(a_block_by_hand)
{
	static const struct {
		uint32_t duration_s;
		int64_t until_ms;
	} blocks[] = { { 0, STATE_FOREVER }, { 60, NOW + 60000 },
		{ UINT32_MAX, NOW + INT64_C(4294967295000) } };

	for (size_t i = 0; i < ROWS(blocks); i++) {
		prepare(WORK_BLOCK, NOW + 1);
		work.duration_s = blocks[i].duration_s;
		blocking_apply(&work, &settings, NOW);
		ck_assert_uint_eq(work.change_count, 1);
		ck_assert(work.changes[0].is_begin);
		ck_assert_int_eq(work.changes[0].cause, CAUSE_MANUAL);
		ck_assert_str_eq(work.changes[0].note, "why");
		ck_assert_uint_eq(work.changes[0].evidence.found[MEASURE_NETWORKS], 1);
		ck_assert_int_eq(work.changes[0].until_ms,
		    blocks[i].until_ms);
		ck_assert_int_eq(work.state.blocked_until_ms,
		    blocks[i].until_ms);
		ck_assert(work.is_audited);
		ck_assert(work.must_last);
		ck_assert_uint_eq(work.state.place_count, 1);
	}
}
END_TEST

/* Who is blocked by hand may have sent nothing for long. */
START_TEST(a_block_by_hand_tells_of_mails_until_now)
{
	static const struct {
		int64_t later_ms;
		uint32_t in_hour, in_day;
	} whens[] = { { 0, 3, 3 }, { 2 * HOUR_MS, 0, 3 },
		{ 48 * HOUR_MS, 0, 0 } };

	for (size_t i = 0; i < ROWS(whens); i++) {
		const struct standing *told = &work.changes[0].standing;
		struct history *history = &work.state.history;

		prepare(WORK_BLOCK, 0);
		history_init(history);
		history_turn(history, NOW, 990);
		for (int mail = 0; mail < 3; mail++)
			for (int span = 0; span < SPANS; span++)
				history_count(&history->rings[span], MAIL_ALL);
		history_mark(&history->active, 0);
		blocking_apply(&work, &settings, NOW + whens[i].later_ms);
		ck_assert(told->is_told);
		ck_assert_uint_eq(told->spans[SPAN_HOUR].found[MAIL_ALL],
		    whens[i].in_hour);
		ck_assert_uint_eq(told->spans[SPAN_DAY].found[MAIL_ALL],
		    whens[i].in_day);
		ck_assert_uint_eq(told->days, whens[i].in_day == 0);
	}
}
END_TEST

START_TEST(a_block_of_a_clock_that_was_ahead_begins_now)
{
	prepare(WORK_CHECK, NOW + 10 * HOUR_MS);
	blocking_clamp(&work, NOW);
	ck_assert(!work.is_moved);
	work.held.began_ms = NOW + 9 * HOUR_MS;
	blocking_clamp(&work, NOW);
	ck_assert(work.is_moved);
	ck_assert(work.is_changed);
	ck_assert_int_eq(work.held.began_ms, NOW);
	ck_assert_int_eq(work.state.blocked_until_ms, NOW + HOUR_MS);

	prepare(WORK_CHECK, STATE_FOREVER);
	work.held.began_ms = NOW + 1;
	blocking_clamp(&work, NOW);
	ck_assert_int_eq(work.state.blocked_until_ms, STATE_FOREVER);
	prepare(WORK_CHECK, 0);
	work.held.began_ms = NOW + 1; /* of a block long over */
	blocking_clamp(&work, NOW);
	ck_assert(!work.is_moved);
}
END_TEST

START_TEST(counts_start_afresh)
{
	prepare(WORK_CHECK, 0);
	work.state.since_ms = NOW - 3 * HOUR_MS;
	blocking_afresh(&work, NOW - 4 * HOUR_MS);
	ck_assert_int_eq(work.state.since_ms, NOW - 3 * HOUR_MS);
	blocking_afresh(&work, NOW - 2 * HOUR_MS);
	ck_assert_int_eq(work.state.since_ms, NOW - 2 * HOUR_MS);
	/* Somebody who is not known yet has nothing to be forgotten. */
	work.state.is_known = false;
	blocking_afresh(&work, NOW);
	ck_assert_int_eq(work.state.since_ms, NOW - 2 * HOUR_MS);
}
END_TEST

UNIT("store/blocking", counts_start_afresh, blocks_end, a_block_by_hand,
    a_block_by_hand_tells_of_mails_until_now,
    a_block_of_a_clock_that_was_ahead_begins_now)
