/*
 * test_memory_unasked.c -- mails that pass from memory when the store fails.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/memory_unasked.h"

#include "store/memory_owed.h"
#include "unit.h"

#include <string.h>

enum { LOAD = 1, MAILS = 9 };

static char ok[] = "DUNNO";
static struct config config;
static struct memory *memory;
static struct unasked *unasked;
static struct check check;
static struct unasked_query query;

static void
set_up(void)
{
	config.store.memory_s = 60;
	config.store.memory_mails = MAILS;
	config.settings.window_s = 86400;
	config.actions.ok = ok;
	memory = memory_open();
	unasked = unasked_new(&config, memory, LOAD);
}

static void
tear_down(void)
{
	unasked_free(unasked);
	memory_close(memory);
}

/* A mail of joe's; "" has no name. */
static void
begin(const char *instance)
{
	check = (struct check){ .account = "joe", .instance = instance,
		.settings = &config.settings, .result = STORE_FAILED };
	query = (struct unasked_query){ .stamp = 0 };
	unasked_query(unasked, &check, &query);
}

/* The store says that it passes, and may again. */
static void
be_asked(const char *instance)
{
	begin(instance);
	ck_assert(!unasked_passes(unasked, &check, &query));
	unasked_take(unasked, &check, &query);
	check.result = STORE_DONE;
	check.finding.may_pass = true;
	unasked_note(unasked, &check, &query);
}

/* The store has no answer, and may have written it, or not; it passes. */
static void
be_lost(const char *instance, bool may_be_written, int64_t mark)
{
	begin(instance);
	unasked_take(unasked, &check, &query);
	check.may_be_written = may_be_written;
	check.mark = mark;
	unasked_note(unasked, &check, &query);
	ck_assert(unasked_passes_alone(unasked, &check, &query));
}

/* What is owed, at the end: mails by number, and those that have a name. */
static void
see_owed(uint32_t held, unsigned named, int64_t mark)
{
	struct owed_batch *batch;

	unasked_wait_ms(unasked);
	while ((batch = unasked_collect(unasked)) != NULL) {
		for (size_t i = 0; i < batch->count; i++) {
			struct check *owed = &batch->checks[i];

			held -= owed->held;
			named -= owed->instance[0] != '\0';
			if (mark != 0)
				ck_assert_int_eq(owed->mark, mark);
			owed->result = STORE_DONE;
		}
		unasked_paid(unasked);
	}
	ck_assert_uint_eq(held, 0);
	ck_assert_uint_eq(named, 0);
}

/* How many are held for the next check. */
static uint32_t
held(void)
{
	begin("");
	unasked_take(unasked, &check, &query);
	return check.held;
}

START_TEST(what_was_not_written_is_held)
{
	be_asked("first");
	be_lost("one", false, 0);
	be_lost("one", false, 0);
	be_lost("", false, 0);
	/* The first round took what the second one gave back. */
	ck_assert_uint_eq(held(), 1);
	see_owed(1, 0, 0);
}
END_TEST

/* It would be counted by the store, and as one that is held. */
START_TEST(what_may_be_written_is_owed_by_its_name)
{
	be_asked("first");
	be_lost("one", true, 0);
	ck_assert_uint_eq(held(), 0);
	see_owed(0, 1, 0);
	/* Another recipient. */
	be_lost("one", false, 0);
	ck_assert_uint_eq(held(), 0);
	see_owed(0, 1, 0);
	memory_hear(memory, 0);
	begin("one");
	ck_assert(unasked_passes(unasked, &check, &query));
	ck_assert_uint_eq(held(), 0);
	see_owed(0, 1, 0);
	/* Another mail. */
	begin("two");
	ck_assert(unasked_passes(unasked, &check, &query));
	ck_assert_uint_eq(held(), 1);
}
END_TEST

START_TEST(what_has_no_name_is_owed_by_its_mark)
{
	be_asked("first");
	be_lost("", true, 42);
	ck_assert_uint_eq(held(), 0);
	see_owed(1, 0, 42);
}
END_TEST

/* The check took what was held, which it is one of. */
START_TEST(what_passed_before_is_among_what_is_held)
{
	be_asked("first");
	memory_hear(memory, 0);
	begin("one");
	ck_assert(unasked_passes(unasked, &check, &query));
	be_lost("one", true, 42);
	ck_assert_uint_eq(held(), 0);
	see_owed(1, 0, 42);
}
END_TEST

UNIT_BETWEEN("policy/memory_unasked", set_up, tear_down,
    what_was_not_written_is_held, what_may_be_written_is_owed_by_its_name,
    what_has_no_name_is_owed_by_its_mark,
    what_passed_before_is_among_what_is_held)
