/*
 * test_memory_owed.c -- mails that passed from memory, and the store must get.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/clock.h"
#include "store/memory_owed.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

enum { MANY = 300, LONG_MS = 3600000 };

static const struct settings settings = { .window_s = 86400 };

/* Before and after each test. */
static struct memory *memory;
static struct owed *owed;
static struct owed_batch batch;

static void
set_up(void)
{
	memory = memory_open();
	owed = owed_new(memory);
}

static void
tear_down(void)
{
	owed_free(owed);
	memory_close(memory);
}

/* A check of the login "userN", which failed and had taken so many mails. */
static void
owe(int number, uint32_t mails, int64_t due_ms)
{
	const struct memory_key key = { .account = (uint64_t)number,
		.login = (uint64_t)number + 1 };
	char name[32];
	const struct check check = { .account = name, .settings = &settings,
		.held = mails, .result = STORE_FAILED };

	snprintf(name, sizeof(name), "user%d", number);
	owed_add(owed, &key, &check, due_ms);
}

/* What is due, in the order that it comes in; "user4 user2". */
static void
collect(bool is_all, char text[200])
{
	text[0] = '\0';
	owed_collect(owed, &batch, is_all);
	for (size_t i = 0; i < batch.count; i++) {
		strcat(text, i > 0 ? " " : "");
		strcat(text, batch.checks[i].account);
		batch.checks[i].result = STORE_DONE;
	}
	ck_assert(owed_settle(owed, &batch, 0));
}

START_TEST(what_is_due_first_comes_first)
{
	int64_t now = clock_mono_ms();
	char text[200];

	ck_assert_int_eq(owed_wait_ms(owed), -1);
	owe(1, 1, now + LONG_MS);
	ck_assert_int_gt(owed_wait_ms(owed), LONG_MS / 2);
	owe(2, 1, now - 10);
	owe(3, 1, now + 2 * LONG_MS);
	owe(4, 1, now - 20);
	owe(5, 0, now - 30);	/* has none */
	owe(6, 1, now - 15);
	ck_assert_int_eq(owed_wait_ms(owed), 0);
	collect(false, text);
	ck_assert_str_eq(text, "user4 user6 user2");
	collect(false, text);
	ck_assert_str_eq(text, "");
	ck_assert_int_gt(owed_wait_ms(owed), LONG_MS / 2);
	collect(true, text);
	ck_assert_str_eq(text, "user1 user3");
	ck_assert_int_eq(owed_wait_ms(owed), -1);
}
END_TEST

/* In whatever order they come, and however many there are. */
START_TEST(many_are_owed)
{
	int64_t now = clock_mono_ms() - LONG_MS;
	int next = 0;

	for (int i = 0; i < MANY; i++)
		owe(i * 7 % MANY, 1, now + i * 7 % MANY);
	while (owed_collect(owed, &batch, false) > 0) {
		for (size_t i = 0; i < batch.count; i++) {
			char name[32];

			snprintf(name, sizeof(name), "user%d", next++);
			ck_assert_str_eq(batch.checks[i].account, name);
			batch.checks[i].result = STORE_DONE;
		}
		ck_assert(owed_settle(owed, &batch, 0));
	}
	ck_assert_int_eq(next, MANY);
}
END_TEST

START_TEST(what_failed_is_owed_again)
{
	owe(1, 3, clock_mono_ms());
	ck_assert_uint_eq(owed_collect(owed, &batch, false), 1);
	ck_assert_int_eq(batch.checks[0].result, STORE_FAILED);
	batch.checks[0].mark = 42;
	ck_assert(!owed_settle(owed, &batch, LONG_MS));
	ck_assert_uint_eq(owed_collect(owed, &batch, false), 0);
	ck_assert_uint_eq(owed_collect(owed, &batch, true), 1);
	ck_assert_uint_eq(batch.checks[0].held, 3);
	ck_assert_int_eq(batch.checks[0].mark, 42);
	batch.checks[0].result = STORE_DONE;
	ck_assert(owed_settle(owed, &batch, LONG_MS));
}
END_TEST

/* However often its mails were counted and others passed since. */
START_TEST(a_login_is_owed_once)
{
	const struct check check = { .account = "joe", .settings = &settings,
		.result = STORE_DONE };
	const struct memory_key key = memory_key(memory, 1, "joe",
	    &check.login);
	const struct memory_grant grant = { .mails = 9,
		.stamp = memory_stamp(memory, &key),
		.until_ms = clock_mono_ms() + LONG_MS };
	const struct memory_mail mail = { .is_away = true };
	int64_t due_ms = clock_mono_ms() + LONG_MS;
	struct memory_taken taken;

	for (int i = 0; i < 100000; i++) {
		memory_take(memory, &key, 0, &taken);
		memory_keep(memory, &key, &grant);
		ck_assert_int_eq(memory_pass(memory, &key, &mail),
		    MEMORY_PASS_FIRST);
		owed_add(owed, &key, &check, due_ms + i);
		ck_assert(!owed_is_full(owed));
	}
	ck_assert_uint_eq(owed_collect(owed, &batch, true), 1);
	ck_assert_int_eq(owed_wait_ms(owed), -1);
	/* That one is on its way: another one comes for what passes now. */
	ck_assert_int_eq(memory_pass(memory, &key, &mail), MEMORY_PASS_FIRST);
	owed_add(owed, &key, &check, due_ms);
	batch.checks[0].result = STORE_DONE;
	ck_assert(owed_settle(owed, &batch, LONG_MS));
	/* As does one that comes sooner. */
	owed_add(owed, &key, &check, due_ms - LONG_MS);
	ck_assert_int_eq(owed_wait_ms(owed), 0);
	ck_assert_uint_eq(owed_collect(owed, &batch, false), 1);
	ck_assert_uint_eq(batch.checks[0].held, 1);
	batch.checks[0].result = STORE_DONE;
	ck_assert(owed_settle(owed, &batch, LONG_MS));
}
END_TEST

/* A check failed, and may have been written; none had been held for it. What
 * passes because of that is another mail, of which the memory knows alone. */
START_TEST(what_passed_after_a_failure_is_owed)
{
	const struct check check = { .account = "joe", .settings = &settings,
		.mark = 42, .result = STORE_FAILED };
	const struct memory_key key = memory_key(memory, 1, "joe",
	    &check.login);
	const struct memory_grant grant = { .mails = 9,
		.stamp = memory_stamp(memory, &key),
		.until_ms = clock_mono_ms() + LONG_MS };
	const struct memory_mail mail = { .is_away = true };

	memory_keep(memory, &key, &grant);
	ck_assert_int_eq(memory_pass(memory, &key, &mail), MEMORY_PASS_FIRST);
	owed_add(owed, &key, &check, clock_mono_ms());
	ck_assert_uint_eq(owed_collect(owed, &batch, true), 1);
	ck_assert_uint_eq(batch.checks[0].held, 1);
	ck_assert_int_eq(batch.checks[0].mark, 0);
	batch.checks[0].result = STORE_DONE;
	ck_assert(owed_settle(owed, &batch, 0));
}
END_TEST

/* One may have been written and the other was not: each is found out of. */
START_TEST(what_may_have_been_written_goes_by_itself)
{
	int64_t now = clock_mono_ms();

	owe(1, 3, now - 30);
	ck_assert_uint_eq(owed_collect(owed, &batch, false), 1);
	batch.checks[0].mark = 42;
	ck_assert(!owed_settle(owed, &batch, 0));
	owe(1, 5, now - 20);
	owe(2, 7, now - 10);
	for (unsigned mails = 0; mails < 3 + 5 + 7;) {
		bool has_first = false;

		ck_assert_uint_gt(owed_collect(owed, &batch, true), 0);
		for (size_t i = 0; i < batch.count; i++) {
			const struct check *check = &batch.checks[i];

			if (strcmp(check->account, "user1") == 0) {
				ck_assert(!has_first);
				has_first = true;
				ck_assert_int_eq(check->mark,
				    check->held == 3 ? 42 : 0);
			}
			mails += check->held;
			batch.checks[i].result = STORE_DONE;
		}
		ck_assert(owed_settle(owed, &batch, 0));
	}
	ck_assert_int_eq(owed_wait_ms(owed), -1);
}
END_TEST

/* Mails that passed by themselves, with a name and without. */
START_TEST(a_mail_is_owed_by_its_instance_or_mark)
{
	struct check check = { .account = "joe", .settings = &settings,
		.instance = "one", .held = 5, .result = STORE_FAILED };
	const struct memory_key key = { .account = 1, .login = 2 };

	owed_add_mail(owed, &key, &check);
	ck_assert_int_eq(owed_wait_ms(owed), 0);
	ck_assert_uint_eq(owed_collect(owed, &batch, false), 1);
	ck_assert_str_eq(batch.checks[0].instance, "one");
	ck_assert(batch.checks[0].is_held_only);
	ck_assert_uint_eq(batch.checks[0].held, 0);
	/* It is the same when it is tried again. */
	ck_assert(!owed_settle(owed, &batch, 0));
	ck_assert_uint_eq(owed_collect(owed, &batch, false), 1);
	ck_assert_str_eq(batch.checks[0].instance, "one");
	batch.checks[0].result = STORE_DONE;
	ck_assert(owed_settle(owed, &batch, 0));
	check.instance = "";
	check.mark = 42;
	owed_add_mail(owed, &key, &check);
	ck_assert_uint_eq(owed_collect(owed, &batch, false), 1);
	ck_assert_str_eq(batch.checks[0].instance, "");
	ck_assert_uint_eq(batch.checks[0].held, 1);
	ck_assert_int_eq(batch.checks[0].mark, 42);
	batch.checks[0].result = STORE_DONE;
	ck_assert(owed_settle(owed, &batch, 0));
	ck_assert_int_eq(owed_wait_ms(owed), -1);
}
END_TEST

UNIT_BETWEEN("store/memory_owed", set_up, tear_down,
    what_is_due_first_comes_first, many_are_owed, a_login_is_owed_once,
    what_failed_is_owed_again,
    what_passed_after_a_failure_is_owed,
    what_may_have_been_written_goes_by_itself,
    a_mail_is_owed_by_its_instance_or_mark)
