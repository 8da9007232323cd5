/*
 * test_reload.c -- from one generation to the next, or not.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE
#include "stage.h"

#include <stddef.h>
#include <sys/stat.h>

static char second_path[64];

static void
start(void)
{
	stage_setup();
	snprintf(second_path, sizeof(second_path), "%s/second",
	    stage_directory);
	stage_start();
	AWAIT(stage_logged("serves, 4 processes"));
}

static void
listen_on_second_too(void)
{
	snprintf(board->listen[1], sizeof(board->listen[1]), "unix:%s",
	    second_path);
}

START_TEST(test_new_ones_serve_and_old_ones_leave)
{
	start();
	board->workers = 5;
	kill(stage_master, SIGHUP);
	/* Whoever asks gets an answer, all the time. */
	while (stage_alive(2) < 5 || stage_alive(1) > 0)
		ck_assert_int_ne(stage_ask(stage_path), 0);
	AWAIT(stage_logged("generation 2 serves, generation 1 finishes"));
	AWAIT(stage_children() == 6);
	AWAIT(board->unloads == 1);
	stage_stop();
}
END_TEST

START_TEST(test_refresh)
{
	start();
	kill(stage_master, SIGUSR2);
	AWAIT(stage_logged("generation 2 serves"));
	ck_assert_uint_eq(board->refreshes, 1);
	stage_stop();
}
END_TEST

START_TEST(test_sockets_come_and_go)
{
	struct stat status;

	start();
	listen_on_second_too();
	kill(stage_master, SIGHUP);
	AWAIT(stage_logged("generation 2 serves"));
	ck_assert_int_ne(stage_ask(second_path), 0);
	ck_assert_int_ne(stage_ask(stage_path), 0);
	memcpy(board->listen[0], board->listen[1], sizeof(board->listen[0]));
	board->listen[1][0] = '\0';
	kill(stage_master, SIGHUP);
	AWAIT(stage_logged("generation 3 serves"));
	ck_assert_int_eq(stat(stage_path, &status), -1);
	ck_assert_int_ne(stage_ask(second_path), 0);
	stage_stop();
	ck_assert_int_eq(stat(second_path, &status), -1);
}
END_TEST

/* --- not reloaded ------------------------------------------------------- */

static void
bad_configuration(void)
{
	board->load_fails = true;
}

static void
bad_socket(void)
{
	strcpy(board->listen[1], "unix:/no/such/directory/socket");
}

static void
worker_dies(void)
{
	board->act = ACT_DIE_AT_ONCE;
	board->actor = 1;
	listen_on_second_too();
}

static void
all_die(void)
{
	board->act = ACT_DIE_AT_ONCE;
	listen_on_second_too();
}

static const struct {
	const char *says;
	void (*happens)(void);
} refusals[] = {
	{ "a bad configuration is refused", bad_configuration },
	{ "one with a bad socket too", bad_socket },
	{ "one that a worker dies of as well", worker_dies },
	{ "or all workers", all_die },
};

START_TEST(test_refused)
{
	for (size_t i = 0; i < ROWS(refusals); i++) {
		start();
		refusals[i].happens();
		kill(stage_master, SIGHUP);
		AWAIT(stage_logged("not reloaded"));
		AWAIT(stage_children() == 4);
		ck_assert_msg(stage_alive(1) == 3, "%s", refusals[i].says);
		ck_assert_int_ne(stage_ask(stage_path), 0);
		ck_assert_int_eq(access(second_path, F_OK), -1);
		AWAIT(board->loads == board->unloads + 1);
		/* And the next good one is taken. */
		board->load_fails = false;
		board->act = ACT_SERVE;
		board->listen[1][0] = '\0';
		kill(stage_master, SIGHUP);
		AWAIT(stage_logged("serves, generation 1 finishes"));
		AWAIT(stage_alive(1) == 0);
		stage_stop();
	}
}
END_TEST

START_TEST(test_never_up)
{
	start();
	board->act = ACT_NEVER_UP;
	board->actor = 0;
	kill(stage_master, SIGHUP);
	AWAIT(stage_logged("generation 2 starts"));
	/* One who dies meanwhile in the old generation is replaced. */
	AWAIT(board->born == 6);
	kill(board->births[0].pid, SIGKILL);
	AWAIT(board->born == 7);
	AWAIT(stage_logged("not all processes were up within 10 s"));
	AWAIT(stage_logged("generation 2 is given up"));
	AWAIT(stage_children() == 4);
	ck_assert_uint_eq(stage_alive(1), 3);
	stage_stop();
}
END_TEST

START_TEST(test_stop_while_reloading)
{
	start();
	board->act = ACT_NEVER_UP;
	listen_on_second_too();
	kill(stage_master, SIGHUP);
	AWAIT(board->born == 6);
	stage_stop();
	ck_assert_int_eq(access(second_path, F_OK), -1);
}
END_TEST

/* --- many generations --------------------------------------------------- */

START_TEST(test_retired_may_finish_but_not_pile_up)
{
	start();
	board->act = ACT_LINGER;
	for (int i = 2; i <= 5; i++) {
		char line[32];

		kill(stage_master, SIGHUP);
		snprintf(line, sizeof(line), "generation %d serves", i);
		AWAIT(stage_logged(line));
	}
	/* The first had nobody who lingers, and is gone; two more wait. */
	AWAIT(stage_alive(1) == 0);
	AWAIT(stage_alive(2) == 0);
	ck_assert(stage_logged("generation 2 is stopped"));
	ck_assert_uint_eq(stage_alive(3), 3);
	ck_assert_uint_eq(stage_alive(4), 3);
	ck_assert_uint_eq(stage_alive(5), 3);
	/* A retired worker that dies is not replaced. */
	for (unsigned i = 0; i < board->born; i++)
		if (board->births[i].load == 3)
			kill(board->births[i].pid, SIGKILL);
	AWAIT(stage_logged("generation 3 is gone"));
	ck_assert_uint_eq(board->born, 15);
	stage_stop();
}
END_TEST

START_TEST(test_a_hundred_reloads_leave_nothing_behind)
{
	unsigned descriptors = 0, last;

	start();
	for (unsigned i = 0; i < 100; i++) {
		char line[48];

		/* Now and then one that fails. */
		board->load_fails = i % 10 == 3;
		board->act = i % 10 == 7 ? ACT_DIE_AT_ONCE : ACT_SERVE;
		last = board->loads;
		kill(stage_master, SIGHUP);
		if (board->load_fails) {
			snprintf(line, sizeof(line), "not reloaded");
			AWAIT(stage_logged(line));
		} else {
			AWAIT(board->loads > last);
		}
		AWAIT(stage_children() == 4 &&
		    board->loads == board->unloads + 1);
		if (i == 10)
			descriptors = stage_count_descriptors(stage_master);
	}
	ck_assert_uint_eq(stage_count_descriptors(stage_master), descriptors);
	ck_assert_uint_eq(board->births[board->born - 1].descriptors,
	    board->births[0].descriptors);
	ck_assert_int_ne(stage_ask(stage_path), 0);
	stage_stop();
}
END_TEST

/* Signals that come faster than they can be answered are answered once. */
START_TEST(test_storm_of_signals)
{
	start();
	for (int i = 0; i < 500; i++) {
		kill(stage_master, i % 3 == 0 ? SIGHUP :
		    i % 3 == 1 ? SIGUSR2 : SIGUSR1);
		ck_assert_int_ne(stage_ask(stage_path), 0);
	}
	AWAIT(stage_children() == 4 && board->loads == board->unloads + 1);
	ck_assert_int_ne(stage_ask(stage_path), 0);
	stage_stop();
}
END_TEST

UNIT("server/reload", test_new_ones_serve_and_old_ones_leave, test_refresh,
    test_sockets_come_and_go, test_refused, test_never_up,
    test_stop_while_reloading, test_retired_may_finish_but_not_pile_up,
    test_a_hundred_reloads_leave_nothing_behind, test_storm_of_signals)
