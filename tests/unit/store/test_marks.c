/*
 * test_marks.c -- marks of saves: whose they are, and which may go.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/marks.h"

#include "unit.h"

static struct marks ours, others;

START_TEST(a_mark_is_known_by_its_process)
{
	int64_t mark, next;

	marks_init(&ours);
	marks_init(&others);
	mark = marks_next(&ours);
	next = marks_next(&ours);
	ck_assert(marks_is_one(mark));
	ck_assert_int_eq(mark % 2, 0);
	ck_assert_int_ne(mark, next);
	ck_assert_int_ne(marks_next(&others), mark);
	ck_assert(marks_is_settled(&ours, mark));
	ck_assert(!marks_is_settled(&others, mark));
	/* Of one bit more or less it is none, nor is a mail or nothing. */
	ck_assert(!marks_is_one(mark ^ INT64_C(1) << 48));
	ck_assert(!marks_is_one(mark ^ INT64_MIN));
	ck_assert(!marks_is_one(0));
	ck_assert(!marks_is_settled(&ours, mark ^ INT64_C(1) << 48));
}
END_TEST

/* However many there were, it is one of this process. */
START_TEST(they_begin_anew_one_day)
{
	int64_t first, last;

	marks_init(&ours);
	first = marks_next(&ours);
	ours.count += (1 << 23) - 2;
	last = marks_next(&ours);
	ck_assert(marks_is_settled(&ours, last));
	ck_assert_int_ne(last, first);
	ck_assert_int_eq(marks_next(&ours), first);
}
END_TEST

START_TEST(what_is_doubted_is_not_settled)
{
	int64_t first, last;

	marks_init(&ours);
	first = marks_next(&ours);
	marks_doubt(&ours, first);
	for (int i = 1; i < DOUBTED_MAX; i++) {
		last = marks_next(&ours);
		ck_assert(marks_is_settled(&ours, last));
		marks_doubt(&ours, last);
		ck_assert(!marks_is_settled(&ours, last));
	}
	ck_assert(!marks_is_settled(&ours, first));
	/* One more than there is room for. */
	marks_doubt(&ours, marks_next(&ours));
	ck_assert(marks_is_settled(&ours, first));
	ck_assert(!marks_is_settled(&ours, last));
}
END_TEST

UNIT("store/marks", a_mark_is_known_by_its_process, they_begin_anew_one_day,
    what_is_doubted_is_not_settled)
