/*
 * test_memory.c -- logins that passed a moment ago, and may pass again unasked.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "base/clock.h"
#include "store/memory.h"
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOAD = 1, MANY = 100000 };

static struct login
login_from(const char *network, const char *country)
{
	struct login login = { .asn = 64500 };

	/* No ck_assert: children come here, and it writes to one pipe. */
	if (addr_parse(network, &login.network) != 0)
		abort();
	login.client = login.network;
	strcpy(login.country, country);
	return login;
}

static struct memory_key
key_of(const struct memory *memory, const char *account)
{
	struct login login = login_from("192.0.2.1", "DE");

	return memory_key(memory, LOAD, account, &login);
}

/* The store has said pass: so many mails may. */
static bool
grant(struct memory *memory, const struct memory_key *key, uint16_t mails)
{
	const struct memory_grant grant = {
		.stamp = memory_stamp(memory, key),
		.until_ms = clock_mono_ms() + 60000, .mails = mails };

	return memory_keep(memory, key, &grant);
}

static enum memory_answer
ask(struct memory *memory, const struct memory_key *key, uint64_t instance)
{
	const struct memory_mail mail = { .instance = instance };

	return memory_pass(memory, key, &mail);
}

static struct memory *
open_heard(void)
{
	struct memory *memory = memory_open();

	memory_hear(memory, 5000000);
	return memory;
}

START_TEST(so_many_mails_pass_and_are_held)
{
	struct memory *memory = open_heard();
	struct memory_key key = key_of(memory, "joe");
	struct memory_taken taken;

	ck_assert_int_eq(ask(memory, &key, 1), MEMORY_NOTHING);
	ck_assert(!grant(memory, &key, 3));
	ck_assert_int_eq(ask(memory, &key, 1), MEMORY_PASS_FIRST);
	/* A further recipient is no further mail. */
	ck_assert_int_eq(ask(memory, &key, 1), MEMORY_PASS);
	ck_assert_int_eq(ask(memory, &key, 2), MEMORY_PASS);
	ck_assert_int_eq(ask(memory, &key, 3), MEMORY_NOTHING);
	ck_assert_uint_eq(memory_take(memory, &key, 0, &taken), 2);
	ck_assert_int_ge(taken.last_ms, 5000000);
	ck_assert_int_lt(taken.last_ms, 5060000);
	ck_assert_uint_eq(memory_take(memory, &key, 0, &taken), 0);
	memory_close(memory);
}
END_TEST

/* Mails that come at the same time have many recipients each. */
START_TEST(mails_that_come_by_turns_are_held_once_each)
{
	struct memory *memory = open_heard();
	struct memory_key key = key_of(memory, "joe");
	struct memory_taken taken;

	grant(memory, &key, 200);
	for (int turn = 0; turn < 5; turn++)
		for (uint64_t mail = 1; mail <= 30; mail++)
			ck_assert_int_ne(ask(memory, &key,
			    mail * UINT64_C(0x9e3779b97f4a7c15)),
			    MEMORY_NOTHING);
	memory_take(memory, &key, 3, &taken);
	ck_assert_uint_eq(taken.mails, 30);
	memory_close(memory);
}
END_TEST

/* The recipient that asks the store is of a mail that is held. */
START_TEST(who_takes_learns_that_its_mail_is_among_them)
{
	struct memory *memory = open_heard();
	struct memory_key key = key_of(memory, "joe");
	struct memory_taken taken;

	memory_take(memory, &key, 1, &taken);
	ck_assert(!taken.has_it);
	grant(memory, &key, 5);
	ask(memory, &key, 1);
	ask(memory, &key, 2);
	memory_take(memory, &key, 3, &taken);
	ck_assert_uint_eq(taken.mails, 2);
	ck_assert(!taken.has_it);
	/* Who was first has the count; it is among those for all others. */
	memory_take(memory, &key, 1, &taken);
	ck_assert_uint_eq(taken.mails, 0);
	ck_assert(taken.has_it);
	memory_take(memory, &key, 0, &taken);
	ck_assert(!taken.has_it);
	memory_close(memory);
}
END_TEST

/* What passed while the store was asked stays to be counted. */
START_TEST(what_is_held_survives_another_grant)
{
	struct memory *memory = open_heard();
	struct memory_key key = key_of(memory, "joe");
	struct memory_taken taken;

	grant(memory, &key, 2);
	ck_assert_int_eq(ask(memory, &key, 1), MEMORY_PASS_FIRST);
	ck_assert(grant(memory, &key, 2));
	ck_assert_int_eq(ask(memory, &key, 2), MEMORY_PASS);
	ck_assert_uint_eq(memory_take(memory, &key, 0, &taken), 2);
	memory_close(memory);
}
END_TEST

START_TEST(everything_of_a_login_matters)
{
	struct memory *memory = open_heard();
	struct login login = login_from("192.0.2.1", "DE");
	struct memory_key key = memory_key(memory, LOAD, "joe", &login);
	struct memory_key other;

	grant(memory, &key, 10);
	other = memory_key(memory, LOAD + 1, "joe", &login);
	ck_assert_int_eq(ask(memory, &other, 1), MEMORY_NOTHING);
	other = memory_key(memory, LOAD, "jo", &login);
	ck_assert_int_eq(ask(memory, &other, 1), MEMORY_NOTHING);
	login = login_from("192.0.2.1", "AT");
	other = memory_key(memory, LOAD, "joe", &login);
	ck_assert_int_eq(ask(memory, &other, 1), MEMORY_NOTHING);
	login = login_from("192.0.2.2", "DE");
	other = memory_key(memory, LOAD, "joe", &login);
	ck_assert_int_eq(ask(memory, &other, 1), MEMORY_NOTHING);
	login = login_from("192.0.2.1", "DE");
	login.asn++;
	other = memory_key(memory, LOAD, "joe", &login);
	ck_assert_int_eq(ask(memory, &other, 1), MEMORY_NOTHING);
	ck_assert_int_eq(ask(memory, &key, 1), MEMORY_PASS_FIRST);
	memory_close(memory);
}
END_TEST

START_TEST(what_changes_is_forgotten)
{
	struct memory *memory = open_heard();
	struct memory_key key = key_of(memory, "joe");
	uint64_t stamp = memory_stamp(memory, &key);
	const struct memory_grant late = { .stamp = stamp,
		.until_ms = clock_mono_ms() + 60000, .mails = 5 };

	grant(memory, &key, 5);
	memory_forget(memory, "joe");
	ck_assert_int_eq(ask(memory, &key, 1), MEMORY_NOTHING);
	/* The store was asked before, its answer comes after. */
	memory_keep(memory, &key, &late);
	ck_assert_int_eq(ask(memory, &key, 1), MEMORY_NOTHING);
	grant(memory, &key, 5);
	ck_assert_int_eq(ask(memory, &key, 1), MEMORY_PASS_FIRST);
	memory_forget_all(memory);
	ck_assert_int_eq(ask(memory, &key, 2), MEMORY_NOTHING);
	memory_close(memory);
}
END_TEST

START_TEST(without_news_nothing_is_believed)
{
	struct memory *memory = memory_open();
	struct memory_key key = key_of(memory, "joe");
	struct memory_mail mail = { .instance = 1 };

	grant(memory, &key, 5);
	ck_assert(!memory_is_heard(memory));
	ck_assert_int_eq(memory_pass(memory, &key, &mail), MEMORY_NOTHING);
	/* Unless nobody else knows better. */
	mail.is_away = true;
	ck_assert_int_eq(memory_pass(memory, &key, &mail),
	    MEMORY_PASS_FIRST);
	memory_close(memory);
}
END_TEST

START_TEST(time_is_over)
{
	struct memory *memory = open_heard();
	struct memory_key key = key_of(memory, "joe");
	const struct memory_grant grant = {
		.stamp = memory_stamp(memory, &key),
		.until_ms = clock_mono_ms() - 1, .mails = 5 };
	struct memory_mail mail = { .instance = 1, .is_away = true };

	memory_keep(memory, &key, &grant);
	ck_assert_int_eq(memory_pass(memory, &key, &mail), MEMORY_NOTHING);
	memory_close(memory);
}
END_TEST

/* With rates only a further recipient of what was weighed passes. */
START_TEST(rates_want_to_be_asked)
{
	struct memory *memory = open_heard();
	struct memory_key key = key_of(memory, "joe");
	const struct memory_grant grant = {
		.stamp = memory_stamp(memory, &key),
		.until_ms = clock_mono_ms() + 60000, .mails = 50,
		.has_rates = true, .instance = 7, .is_rated = true };
	struct memory_mail mail = { .instance = 7, .is_rated = true,
		.weighs_once = true };

	memory_keep(memory, &key, &grant);
	ck_assert_int_eq(memory_pass(memory, &key, &mail), MEMORY_PASS);
	mail.instance = 8;
	ck_assert_int_eq(memory_pass(memory, &key, &mail), MEMORY_NOTHING);
	/* At another stage it is not weighed, and remains to be. */
	mail.is_rated = false;
	ck_assert_int_eq(memory_pass(memory, &key, &mail),
	    MEMORY_PASS_FIRST);
	mail.is_rated = true;
	ck_assert_int_eq(memory_pass(memory, &key, &mail), MEMORY_NOTHING);
	/* Each recipient weighs. */
	mail.instance = 7;
	mail.weighs_once = false;
	ck_assert_int_eq(memory_pass(memory, &key, &mail), MEMORY_NOTHING);
	memory_close(memory);
}
END_TEST

/* It is bounded, and what is held is not overwritten. */
START_TEST(who_is_owed_something_stays)
{
	struct memory *memory = open_heard();
	struct memory_key joe = key_of(memory, "joe");
	struct memory_taken taken;

	grant(memory, &joe, 5);
	ck_assert_int_eq(ask(memory, &joe, 1), MEMORY_PASS_FIRST);
	for (int i = 0; i < MANY; i++) {
		char name[32];
		struct memory_key key;

		snprintf(name, sizeof(name), "user%d", i);
		key = key_of(memory, name);
		grant(memory, &key, 5);
	}
	ck_assert_uint_eq(memory_take(memory, &joe, 0, &taken), 1);
	memory_close(memory);
}
END_TEST

/* What all processes did, in memory that they share. */
struct tally {
	_Atomic uint64_t passed, taken;
};

/* Ask, and take what is held, at random; grants are made by all. */
static void
work(struct memory *memory, struct tally *tally, uint64_t seed, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char name[16];
		struct memory_key key;
		struct memory_taken taken;

		seed = seed * UINT64_C(6364136223846793005) + 1442695;
		snprintf(name, sizeof(name), "user%u",
		    (unsigned)(seed >> 40) % 5);
		key = key_of(memory, name);
		if (ask(memory, &key, seed | 1) != MEMORY_NOTHING)
			tally->passed++;
		else
			grant(memory, &key, 20);
		if (seed >> 60 == 0)
			tally->taken += memory_take(memory, &key, 0, &taken);
	}
}

/* Each mail that passes is held, and taken once, whoever does what. */
START_TEST(nothing_is_lost_between_processes)
{
	enum { PROCESSES = 4, EACH = 200000 };
	struct memory *memory = open_heard();
	struct tally *tally = mmap(NULL, sizeof(*tally),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pids[PROCESSES];

	for (int p = 0; p < PROCESSES; p++) {
		pids[p] = fork();
		ck_assert_int_ge(pids[p], 0);
		if (pids[p] == 0) {
			for (int i = 0; i < 10; i++) {
				work(memory, tally, (uint64_t)(p + 1) << 20 |
				    (uint64_t)i, EACH / 10);
				memory_hear(memory, 1);
			}
			_exit(0);
		}
	}
	for (int p = 0; p < PROCESSES; p++)
		waitpid(pids[p], NULL, 0);
	for (int i = 0; i < 5; i++) {
		char name[16];
		struct memory_key key;
		struct memory_taken taken;

		snprintf(name, sizeof(name), "user%d", i);
		key = key_of(memory, name);
		tally->taken += memory_take(memory, &key, 0, &taken);
	}
	ck_assert_uint_gt(tally->passed, PROCESSES * EACH / 4);
	ck_assert_uint_eq(tally->taken, tally->passed);
	munmap(tally, sizeof(*tally));
	memory_close(memory);
}
END_TEST

/* Who is killed half-way leaves nothing that others cannot use. */
START_TEST(kills_do_no_harm)
{
	struct memory *memory = open_heard();
	struct tally tally = { 0 };
	struct memory_key key;
	bool passes = false;

	for (int i = 0; i < 50; i++) {
		pid_t pid = fork();

		ck_assert_int_ge(pid, 0);
		if (pid == 0)
			work(memory, &tally, (uint64_t)i, UINT32_MAX);
		usleep(2000);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	memory_hear(memory, 1);
	key = key_of(memory, "user1");
	/* What was being written is given up after a while. */
	for (int i = 0; i < 500 && !passes; i++) {
		grant(memory, &key, 20);
		memory_hear(memory, 1);
		passes = ask(memory, &key, 0) != MEMORY_NOTHING;
		if (!passes)
			usleep(10000);
	}
	ck_assert(passes);
	memory_close(memory);
}
END_TEST

UNIT("store/memory", so_many_mails_pass_and_are_held,
    mails_that_come_by_turns_are_held_once_each,
    who_takes_learns_that_its_mail_is_among_them,
    what_is_held_survives_another_grant, everything_of_a_login_matters,
    what_changes_is_forgotten, without_news_nothing_is_believed, time_is_over,
    rates_want_to_be_asked, who_is_owed_something_stays,
    nothing_is_lost_between_processes, kills_do_no_harm)
