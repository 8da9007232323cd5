/*
 * test_noted_queue.c -- what workers note is taken once, in order, by anybody.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/noted_queue.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WRITERS = 4, EACH = 200 };

static struct note list[NOTED_MAX];

static struct note
attempt(unsigned number, int64_t at_ms)
{
	struct note note = { .kind = NOTE_ATTEMPT, .country = "DE",
		.at_ms = at_ms };
	char address[ADDR_TEXT_SIZE];

	snprintf(note.account, sizeof(note.account), "user%u", number);
	snprintf(address, sizeof(address), "10.0.%u.%u", number / 256,
	    number % 256);
	ck_assert_int_eq(addr_parse(address, &note.network), 0);
	return note;
}

static void
add(struct noted *noted, unsigned number, int64_t at_ms)
{
	const struct note note = attempt(number, at_ms);

	noted_add(noted, &note);
}

START_TEST(the_same_is_noted_once_a_minute)
{
	struct noted *noted = noted_open();
	struct note other = attempt(1, 5000);

	ck_assert_uint_eq(noted_take(noted, list, 10), 0);
	add(noted, 1, 1000);
	add(noted, 1, 59000);
	add(noted, 2, 59000);
	other.kind = NOTE_WOULD;
	noted_add(noted, &other);
	strcpy(other.country, "FR");
	noted_add(noted, &other);
	ck_assert_uint_eq(noted_take(noted, list, 10), 4);
	ck_assert_str_eq(list[0].account, "user1");
	ck_assert_str_eq(list[1].account, "user2");
	ck_assert_int_eq(list[2].kind, NOTE_WOULD);
	ck_assert_str_eq(list[3].country, "FR");
	add(noted, 1, 62000);
	ck_assert_uint_eq(noted_take(noted, list, 10), 1);
	noted_close(noted);
}
END_TEST

START_TEST(what_there_is_no_room_for_is_lost)
{
	struct noted *noted = noted_open();

	for (unsigned i = 0; i < NOTED_MAX + 10; i++)
		add(noted, i, 1000);
	ck_assert_uint_eq(noted_take(noted, list, 1), 1);
	ck_assert_str_eq(list[0].account, "user0");
	ck_assert_uint_eq(noted_take(noted, list, NOTED_MAX), NOTED_MAX - 1);
	add(noted, 5000, 1000);
	ck_assert_uint_eq(noted_take(noted, list, NOTED_MAX), 1);
	noted_close(noted);
}
END_TEST

START_TEST(many_write_at_once)
{
	struct noted *noted = noted_open();
	bool seen[WRITERS * EACH] = { false };
	size_t count;
	pid_t pids[WRITERS];

	for (unsigned w = 0; w < WRITERS; w++) {
		pids[w] = fork();
		ck_assert_int_ge(pids[w], 0);
		if (pids[w] > 0)
			continue;
		for (unsigned i = 0; i < EACH; i++)
			add(noted, w * EACH + i, 1000);
		_exit(0);
	}
	for (unsigned w = 0; w < WRITERS; w++)
		ck_assert_int_eq(waitpid(pids[w], NULL, 0), pids[w]);
	/* Of two that share a place of what was noted lately none is lost. */
	count = noted_take(noted, list, NOTED_MAX);
	ck_assert_uint_eq(count, WRITERS * EACH);
	for (size_t i = 0; i < count; i++) {
		unsigned number;
		const struct note *note = &list[i];
		struct note wanted;

		ck_assert_int_eq(sscanf(note->account, "user%u", &number), 1);
		ck_assert_uint_lt(number, WRITERS * EACH);
		ck_assert(!seen[number]);
		seen[number] = true;
		wanted = attempt(number, 1000);
		ck_assert(addr_equal(&note->network, &wanted.network));
	}
	noted_close(noted);
}
END_TEST

UNIT("store/noted_queue", the_same_is_noted_once_a_minute,
    what_there_is_no_room_for_is_lost, many_write_at_once)
