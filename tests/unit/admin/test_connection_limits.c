/*
 * test_connection_limits.c -- connections: who gives way to whom, and when.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/connection_limits.h"
#include "unit.h"

#include <stdio.h>

enum { NOW = 100000 };

static struct visits visits;
static struct visit *made[512];
static size_t count;

/* Descriptor -1: what is cut is marked, and no more. */
static struct visit *
come(const char *source, enum visit_stage stage, int64_t now_ms)
{
	struct visit *visit = visits_add(&visits, -1, source, now_ms);

	visit_enter(visit, stage, now_ms);
	made[count++] = visit;
	return visit;
}

static void
come_many(unsigned many, const char *source, enum visit_stage stage)
{
	for (unsigned i = 0; i < many; i++)
		come(source, stage, NOW + i);
}

static unsigned
count_cut(void)
{
	unsigned found = 0;

	for (size_t i = 0; i < count; i++)
		found += made[i]->is_cut;
	return found;
}

static void
all_go(void)
{
	while (count > 0)
		visits_remove(made[--count]);
	ck_assert_ptr_null(visits.first);
}

START_TEST(a_source_has_its_share)
{
	come_many(VISITS_OF_ONE, "a", VISIT_IDLE);
	ck_assert_uint_eq(count_cut(), 0);
	come("b", VISIT_FRESH, NOW + 1000);
	ck_assert_uint_eq(count_cut(), 0);
	come("a", VISIT_FRESH, NOW + 1000);
	ck_assert_uint_eq(count_cut(), 1);
	/* The one that has waited longest. */
	ck_assert(made[0]->is_cut);
	all_go();
}
END_TEST

START_TEST(the_greediest_gives_way)
{
	come_many(VISITS_OF_ONE, "a", VISIT_CALL);
	come_many(10, "b", VISIT_IDLE);
	come_many(VISITS_MAX - VISITS_OF_ONE - 10, "c", VISIT_IDLE);
	come("d", VISIT_FRESH, NOW + 1000);
	ck_assert_uint_eq(count_cut(), 1);
	ck_assert(made[VISITS_OF_ONE + 10]->is_cut);
	ck_assert(!made[count - 1]->is_spare);
	all_go();
}
END_TEST

START_TEST(none_gives_way_who_is_busy)
{
	come_many(VISITS_OF_ONE, "a", VISIT_CALL);
	come_many(VISITS_OF_ONE, "b", VISIT_CALL);
	come_many(VISITS_SPARE, "c", VISIT_FRESH);
	ck_assert_uint_eq(count_cut(), 0);
	for (size_t i = 0; i < VISITS_SPARE; i++)
		ck_assert(made[VISITS_MAX + i]->is_spare);
	/* Among the spare ones the oldest goes. */
	ck_assert(come("d", VISIT_FRESH, NOW + 1000)->is_spare);
	ck_assert(made[VISITS_MAX]->is_cut);
	ck_assert_uint_eq(count_cut(), 1);
	all_go();
}
END_TEST

static const struct {
	const char *what;
	enum visit_stage stage;
	bool is_leaving;
	int64_t after_ms;
	bool is_cut;
} rows[] = {
	{ "a connection may take its time", VISIT_FRESH, false, 4999, false },
	{ "but not for ever", VISIT_FRESH, false, 5000, true },
	{ "headers drip no longer", VISIT_HEADERS, false, 5000, true },
	{ "a request may take longer", VISIT_CALL, false, 39999, false },
	{ "but not for ever either", VISIT_CALL, false, 40000, true },
	{ "another request may come", VISIT_IDLE, false, 14999, false },
	{ "or not", VISIT_IDLE, false, 15000, true },
	{ "who leaves waits for none", VISIT_IDLE, true, 1000, true },
	{ "but may yet hear of one", VISIT_FRESH, true, 999, false },
	{ "and ends what is under way", VISIT_CALL, true, 39999, false },
};

START_TEST(each_stage_ends)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct visit *visit = come("a", rows[i].stage, NOW);

		visits_sweep(&visits, rows[i].is_leaving,
		    NOW + rows[i].after_ms);
		ck_assert_msg(visit->is_cut == rows[i].is_cut, "%s",
		    rows[i].what);
		all_go();
	}
}
END_TEST

/* The first request has as long as its connection, and no longer. */
START_TEST(a_first_line_wins_no_time)
{
	struct visit *visit = come("a", VISIT_FRESH, NOW);

	visit_enter(visit, VISIT_HEADERS, NOW + 4000);
	visits_sweep(&visits, false, NOW + 5000);
	ck_assert(visit->is_cut);
	visit_enter(NULL, VISIT_CALL, NOW);
	all_go();
}
END_TEST

UNIT("admin/connection_limits", a_source_has_its_share, the_greediest_gives_way,
    none_gives_way_who_is_busy, each_stage_ends, a_first_line_wins_no_time)
