/*
 * test_recall.c -- which works are decided on what is in memory.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/recall.h"

#include "unit.h"

#define NOW INT64_C(1767225600000)

enum { OVERRIDES = 7, VERSION = 40 };

/* An account is in memory, as it was saved last. */
static struct recall
make_recall(struct recent *recent)
{
	struct recall recall = { .recent = recent, .overrides = OVERRIDES };
	struct account_state state;

	ck_assert_ptr_nonnull(recent);
	state_init(&state);
	state.is_known = true;
	state.version = VERSION;
	recent_keep(recent, "joe", &state, OVERRIDES, NOW);
	return recall;
}

static bool
finds(struct recall *recall, struct work *work)
{
	int64_t now_ms = NOW;

	work_reset(work);
	return recall_find(recall, work, &now_ms);
}

START_TEST(what_is_in_memory_is_found)
{
	struct recent *recent = recent_open();
	struct recall recall = make_recall(recent);
	struct work work = { .account = "joe", .kind = WORK_CHECK };

	ck_assert(finds(&recall, &work));
	ck_assert(work.is_recalled);
	ck_assert_int_eq(work.state.version, VERSION);
	recall.overrides++;
	ck_assert(!finds(&recall, &work));
	recent_close(recent);
}
END_TEST

/* What was saved last may have been written, and only its answer lost: the row
 * says so, what is in memory is from before. It must not be counted twice. */
START_TEST(what_may_be_written_is_loaded)
{
	struct recent *recent = recent_open();
	struct recall recall = make_recall(recent);
	struct work just_now = { .account = "joe", .kind = WORK_CHECK,
		.saved_version = VERSION + 1 };
	struct work before = { .account = "joe", .kind = WORK_CHECK,
		.earlier_mark = 42 };

	ck_assert(!finds(&recall, &just_now));
	ck_assert(!just_now.is_recalled);
	ck_assert_int_eq(just_now.state.version, 0);
	ck_assert(!finds(&recall, &before));
	recent_close(recent);
}
END_TEST

/* Overrides changed between what was loaded of a round first and last: it is
 * not known to be without one as of the last. */
START_TEST(what_is_kept_is_as_of_its_own_load)
{
	struct recent *recent = recent_open();
	struct recall recall = { .recent = recent, .overrides = OVERRIDES };
	struct work work = { .account = "joe", .kind = WORK_CHECK };

	work_reset(&work);
	work.overrides = OVERRIDES;
	work.progress = WORK_DONE;
	work.saved_version = VERSION;
	recall.overrides++;
	recall_saved(&recall, &work, NOW);
	work.saved_version = 0;
	ck_assert(!finds(&recall, &work));
	recall.overrides--;
	ck_assert(finds(&recall, &work));
	recent_close(recent);
}
END_TEST

UNIT("store/pgsql/recall", what_is_in_memory_is_found,
    what_may_be_written_is_loaded, what_is_kept_is_as_of_its_own_load)
