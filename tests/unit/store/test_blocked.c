/*
 * test_blocked.c -- accounts known to be blocked, when the store is away.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/clock.h"
#include "store/blocked.h"
#include "unit.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOON INT64_C(1767225600000)

START_TEST(a_block_ends_by_time)
{
	struct blocked *blocked = blocked_open();

	clock_set_wall_ms(NOON);
	ck_assert(!blocked_has(blocked, "joe"));
	blocked_add(blocked, "joe", NOON + 1);
	blocked_add(blocked, "ann", 0);
	ck_assert(blocked_has(blocked, "joe"));
	clock_set_wall_ms(NOON + 1);
	ck_assert(!blocked_has(blocked, "joe"));
	ck_assert(blocked_has(blocked, "ann"));
	blocked_remove(blocked, "ann");
	blocked_remove(blocked, "nobody");
	ck_assert(!blocked_has(blocked, "ann"));
	blocked_close(blocked);
	blocked_close(NULL);
}
END_TEST

START_TEST(taking_the_whole_anew_forgets_the_rest)
{
	struct blocked *blocked = blocked_open();

	blocked_add(blocked, "joe", 0);
	blocked_add(blocked, "ann", 0);
	blocked_begin(blocked);
	blocked_add(blocked, "ann", 0);
	ck_assert(blocked_has(blocked, "joe"));
	blocked_end(blocked);
	ck_assert(!blocked_has(blocked, "joe"));
	ck_assert(blocked_has(blocked, "ann"));
	blocked_close(blocked);
}
END_TEST

START_TEST(processes_share_it)
{
	struct blocked *blocked = blocked_open();
	pid_t child = fork();
	int status;

	if (child == 0) {
		blocked_add(blocked, "joe", 0);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(blocked_has(blocked, "joe"));
	blocked_close(blocked);
}
END_TEST

/* More than it holds: the newest are there, and nothing breaks. */
START_TEST(the_oldest_make_room)
{
	struct blocked *blocked = blocked_open();
	char name[32];
	size_t known = 0;

	for (size_t i = 0; i < 4 * BLOCKED_MAX; i++) {
		snprintf(name, sizeof(name), "user%zu", i);
		blocked_add(blocked, name, 0);
		ck_assert(blocked_has(blocked, name));
	}
	for (size_t i = 0; i < 4 * BLOCKED_MAX; i++) {
		snprintf(name, sizeof(name), "user%zu", i);
		known += blocked_has(blocked, name);
	}
	ck_assert_uint_eq(known, BLOCKED_MAX);
	blocked_close(blocked);
}
END_TEST

UNIT("store/blocked", a_block_ends_by_time,
    taking_the_whole_anew_forgets_the_rest, processes_share_it,
    the_oldest_make_room)
