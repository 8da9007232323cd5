/*
 * test_master.c -- start, supervision and stop, with processes that crash,
 * hang and do not listen.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE
#include "stage.h"

#include <stddef.h>
#include <sys/stat.h>
#include <sysexits.h>

/* --- start and stop ----------------------------------------------------- */

START_TEST(test_starts_and_stops)
{
	pid_t pids[3];

	stage_setup();
	stage_start();
	AWAIT(stage_logged("serves, 4 processes"));
	ck_assert_int_ne(stage_ask(stage_path), 0);
	ck_assert_uint_eq(stage_children(), 4);
	for (int i = 0; i < 3; i++)
		pids[i] = board->births[i].pid;
	kill(stage_master, SIGTERM);
	ck_assert_int_eq(stage_end(), 0);
	for (int i = 0; i < 3; i++)
		ck_assert(!stage_is_alive(pids[i]));
	ck_assert(!stage_logged("did not stop in time"));
	ck_assert_int_eq(access(stage_path, F_OK), -1);
	ck_assert_int_eq(access(board->pidfile, F_OK), -1);
	stage_clear();
}
END_TEST

START_TEST(test_interrupt_stops_and_more_signals_do_no_harm)
{
	stage_setup();
	stage_start();
	kill(stage_master, SIGINT);
	for (int i = 0; i < 5; i++) {
		kill(stage_master, SIGTERM);
		kill(stage_master, SIGHUP);
		kill(stage_master, SIGUSR1);
	}
	ck_assert_int_eq(stage_end(), 0);
	ck_assert_uint_eq(board->loads, board->unloads);
	stage_clear();
}
END_TEST

START_TEST(test_deaf_worker_is_killed)
{
	stage_setup();
	board->act = ACT_DEAF;
	board->actor = 1;
	stage_start();
	AWAIT(stage_logged("serves, 4 processes"));
	stage_stop(); /* within 5 s */
}
END_TEST

static void
no_configuration(void)
{
	board->load_fails = true;
}

static void
no_directory(void)
{
	strcpy(board->listen[0], "unix:/no/such/directory/socket");
}

static void
no_user(void)
{
	strcpy(board->user, "no-such-user");
}

static void
no_place_for_pidfile(void)
{
	strcpy(board->pidfile, "/no/such/directory/pid");
}

static void
worker_dies(void)
{
	board->act = ACT_DIE_AT_ONCE;
	board->actor = 2;
}

static const struct {
	const char *says;
	void (*happens)(void);
	int status;
	bool needs_root;
} failures[] = {
	{ "no good configuration", no_configuration, EX_CONFIG, false },
	{ "no socket", no_directory, EX_UNAVAILABLE, false },
	{ "no such user", no_user, EX_CONFIG, true },
	{ "no pidfile", no_place_for_pidfile, EX_UNAVAILABLE, false },
	{ "a worker that dies: with its status", worker_dies, 70, false },
};

START_TEST(test_failed_start)
{
	for (size_t i = 0; i < ROWS(failures); i++) {
		if (failures[i].needs_root && geteuid() != 0)
			continue;
		stage_setup();
		failures[i].happens();
		stage_run(false);
		ck_assert_msg(
		    stage_end() == failures[i].status, "%s", failures[i].says);
		ck_assert_uint_eq(board->loads, board->unloads);
		ck_assert_int_eq(access(stage_path, F_OK), -1);
		ck_assert_int_eq(access(board->pidfile, F_OK), -1);
		stage_clear();
	}
}
END_TEST

START_TEST(test_second_server_is_refused)
{
	pid_t first;

	stage_setup();
	stage_start();
	AWAIT(stage_logged("serves"));
	first = stage_master;
	stage_run(false);
	ck_assert_int_eq(stage_end(), EX_UNAVAILABLE);
	ck_assert(stage_logged("another server listens there"));
	ck_assert_int_ne(stage_ask(stage_path), 0);
	strcpy(board->listen[0], "inet:127.0.0.1:0");
	stage_run(false);
	ck_assert_int_eq(stage_end(), EX_UNAVAILABLE);
	ck_assert(stage_logged("policyd runs already"));
	stage_master = first;
	ck_assert_int_eq(access(board->pidfile, F_OK), 0);
	stage_stop();
}
END_TEST

START_TEST(test_unprivileged)
{
	char closed[64], complaint[128];

	if (geteuid() != 0)
		return;
	stage_setup();
	snprintf(closed, sizeof(closed), "%s/closed", stage_directory);
	snprintf(complaint, sizeof(complaint),
	    "may not write to the directory %s", closed);
	ck_assert_int_eq(mkdir(closed, 0755), 0);
	strcpy(board->user, "nobody");
	stage_start();
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_uint_eq(board->births[i].uid, 65534);
	}
	AWAIT(stage_logged("serves"));
	/* A new socket where only root may write: the old ones stay. */
	snprintf(board->listen[1], sizeof(board->listen[1]), "unix:%s/socket",
	    closed);
	kill(stage_master, SIGHUP);
	AWAIT(stage_logged("not reloaded"));
	ck_assert(stage_logged(complaint));
	ck_assert_int_ne(stage_ask(stage_path), 0);
	ck_assert_uint_eq(stage_alive(1), 3);
	rmdir(closed);
	stage_stop();
}
END_TEST

/* --- in the background -------------------------------------------------- */

START_TEST(test_background)
{
	FILE *file;
	int pid, output[2];
	char byte;

	stage_setup();
	ck_assert_int_eq(pipe(output), 0);
	stage_master = fork();
	if (stage_master == 0) {
		const struct master_options options = { true, NULL };

		dup2(output[1], STDOUT_FILENO);
		dup2(output[1], STDERR_FILENO);
		close(output[0]);
		close(output[1]);
		_exit(master_run(&stage_service, &options));
	}
	close(output[1]);
	ck_assert_int_eq(stage_end(), 0);
	/* Ready means ready, without waiting. */
	ck_assert_int_ne(stage_ask(stage_path), 0);
	file = fopen(board->pidfile, "r");
	ck_assert_int_eq(fscanf(file, "%d", &pid), 1);
	fclose(file);
	ck_assert_int_ne(pid, stage_master);
	ck_assert_int_eq(getsid(pid), pid);
	/* Nobody keeps the caller's output open: its reader sees the end. */
	while (read(output[0], &byte, 1) > 0)
		;
	close(output[0]);
	kill(pid, SIGTERM);
	AWAIT(!stage_is_alive(pid));
	ck_assert_int_eq(access(stage_path, F_OK), -1);
	ck_assert_int_eq(access(board->pidfile, F_OK), -1);
	stage_clear();
}
END_TEST

START_TEST(test_background_fails)
{
	for (size_t i = 0; i < ROWS(failures); i++) {
		if (failures[i].needs_root && geteuid() != 0)
			continue;
		stage_setup();
		failures[i].happens();
		stage_run(true);
		ck_assert_msg(
		    stage_end() == failures[i].status, "%s", failures[i].says);
		ck_assert(stage_logged("the daemon did not start"));
		stage_clear();
	}
}
END_TEST

/* --- those who die ------------------------------------------------------ */

START_TEST(test_killed_worker_is_replaced)
{
	pid_t pids[3];

	stage_setup();
	stage_start();
	AWAIT(stage_logged("serves"));
	for (int i = 0; i < 3; i++)
		pids[i] = board->births[i].pid;
	kill(pids[1], SIGKILL);
	AWAIT(board->born == 4);
	AWAIT(stage_logged("was killed by signal 9 (Killed); another starts "
			   "in 100 ms"));
	ck_assert(stage_is_alive(pids[0]));
	ck_assert(stage_is_alive(pids[2]));
	ck_assert_uint_eq(board->births[3].index, board->births[1].index);
	AWAIT(stage_children() == 4);
	stage_stop();
}
END_TEST

START_TEST(test_crash_loop_slows_down)
{
	int64_t last_ms, wait_ms = 100;

	stage_setup();
	stage_start();
	AWAIT(stage_logged("serves"));
	board->late_act = ACT_DIE_YOUNG;
	last_ms = clock_mono_ms();
	kill(board->births[0].pid, SIGKILL);
	/* After 100, 200, 400 and 800 ms. */
	AWAIT(board->born == 3 + 4);
	for (unsigned i = 3; i < 7; i++) {
		ck_assert_uint_eq(
		    board->births[i].index, board->births[0].index);
		ck_assert_int_ge(board->births[i].at_ms - last_ms, wait_ms);
		last_ms = board->births[i].at_ms;
		wait_ms *= 2;
	}
	ck_assert(stage_is_alive(board->births[1].pid));
	ck_assert(stage_is_alive(board->births[2].pid));
	stage_stop();
}
END_TEST

/* One who does not go round its loop is replaced, the others are not. */
START_TEST(test_who_hangs_is_replaced)
{
	stage_setup();
	board->silence_ms = 4000;
	board->act = ACT_HANG;
	board->actor = 1;
	stage_start();
	AWAIT(stage_logged("serves, 4 processes"));
	AWAIT(stage_logged("worker 1 (pid "));
	AWAIT(board->born > 3);
	ck_assert(stage_logged("has shown no sign of life for 4 s: killed"));
	ck_assert_uint_eq(board->births[3].index, 1);
	for (unsigned i = 0; i < 3; i++)
		ck_assert(stage_is_alive(board->births[i].pid) ==
			  (board->births[i].index != 1));
	stage_stop();
}
END_TEST

/* Nobody who was stopped along with the master is to blame. */
START_TEST(test_a_pause_of_all_kills_nobody)
{
	stage_setup();
	board->silence_ms = 4000;
	stage_start();
	AWAIT(stage_logged("serves, 4 processes"));
	kill(stage_master, SIGSTOP);
	for (int i = 0; i < 3; i++)
		kill(board->births[i].pid, SIGSTOP);
	poll(NULL, 0, 6000);
	kill(stage_master, SIGCONT);
	/* The master is the first to run. */
	poll(NULL, 0, 100);
	for (int i = 0; i < 3; i++)
		kill(board->births[i].pid, SIGCONT);
	poll(NULL, 0, 1200);
	ck_assert(!stage_logged("no sign of life"));
	ck_assert_uint_eq(board->born, 3);
	stage_stop();
}
END_TEST

START_TEST(test_workers_ignore_the_masters_signals)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGUSR1, SIGUSR2,
		SIGPIPE, SIGTERM };

	stage_setup();
	stage_start();
	AWAIT(stage_logged("serves"));
	for (size_t i = 0; i < ROWS(signals); i++)
		kill(board->births[0].pid, signals[i]);
	for (int i = 0; i < 20; i++)
		ck_assert_int_ne(stage_ask(stage_path), 0);
	ck_assert(stage_is_alive(board->births[0].pid));
	ck_assert_uint_eq(board->born, 3);
	stage_stop();
}
END_TEST

/* No worker has more open than another: nothing of its brothers'. */
START_TEST(test_workers_have_what_is_theirs)
{
	stage_setup();
	board->workers = 12;
	stage_start();
	AWAIT(stage_logged("serves"));
	for (unsigned i = 1; i < 12; i++)
		ck_assert_uint_eq(
		    board->births[i].descriptors, board->births[0].descriptors);
	stage_stop();
}
END_TEST

START_TEST(test_killed_master)
{
	pid_t pids[3];

	stage_setup();
	board->act = ACT_DEAF;
	board->actor = 1;
	stage_start();
	AWAIT(stage_logged("serves"));
	for (int i = 0; i < 3; i++)
		pids[board->births[i].index] = board->births[i].pid;
	kill(stage_master, SIGKILL);
	ck_assert_int_eq(stage_end(), -1);
	AWAIT(!stage_is_alive(pids[0]) && !stage_is_alive(pids[2]));
	ck_assert(stage_is_alive(pids[1])); /* it has 5 s, since it could ... */
	AWAIT(!stage_is_alive(pids[1]));    /* ... be answering somebody */
	/* What was left is no obstacle. */
	board->act = ACT_SERVE;
	board->born = 0;
	stage_start();
	AWAIT(stage_ask(stage_path) != 0);
	stage_stop();
}
END_TEST

START_TEST(test_counters_and_processes_are_logged)
{
	char line[128];

	stage_setup();
	stage_start();
	AWAIT(stage_logged("serves"));
	kill(stage_master, SIGUSR1);
	AWAIT(stage_logged("info: counters requests=0"));
	ck_assert(stage_logged(" starts=4"));
	snprintf(line, sizeof(line),
	    "processes generation=1 phase=serving "
	    "worker=\"");
	AWAIT(stage_logged(line));
	stage_stop();
}
END_TEST

/* --- the service manager ------------------------------------------------ */

static int manager;

static void
listen_as_manager(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify",
	    stage_directory);
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(
	    bind(manager, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(chmod(address.sun_path, 0777), 0);
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
}

/* Has a message that begins like this come by now? Others are dropped. */
static bool
was_told(const char *begin)
{
	char bytes[512];
	ssize_t length;

	while ((length = recv(
		    manager, bytes, sizeof(bytes) - 1, MSG_DONTWAIT)) > 0) {
		bytes[length] = '\0';
		if (strncmp(bytes, begin, strlen(begin)) == 0)
			return true;
	}
	return false;
}

START_TEST(test_manager_is_told)
{
	stage_setup();
	listen_as_manager();
	stage_start();
	AWAIT(was_told("READY=1"));
	AWAIT(was_told("STATUS=Generation 1: 4 of 4 processes are up"));
	kill(stage_master, SIGHUP);
	AWAIT(was_told("RELOADING=1\nMONOTONIC_USEC="));
	AWAIT(was_told("READY=1"));
	AWAIT(was_told("STATUS=Generation 2"));
	board->load_fails = true;
	kill(stage_master, SIGHUP);
	AWAIT(was_told("RELOADING=1"));
	AWAIT(was_told("READY=1"));
	kill(stage_master, SIGTERM);
	AWAIT(was_told("STOPPING=1"));
	ck_assert_int_eq(stage_end(), 0);
	close(manager);
	stage_clear();
}
END_TEST

START_TEST(test_watchdog)
{
	stage_setup();
	listen_as_manager();
	setenv("WATCHDOG_USEC", "100000", 1);
	stage_start();
	AWAIT(was_told("READY=1"));
	AWAIT(was_told("WATCHDOG=1"));
	kill(board->births[0].pid, SIGKILL);
	AWAIT(was_told("STATUS=Generation 1: 3 of 4"));
	AWAIT(was_told("WATCHDOG=1"));
	AWAIT(was_told("STATUS=Generation 1: 4 of 4"));
	/* No worker is up: then there is nothing to be told for long. */
	board->late_act = ACT_NEVER_UP;
	for (unsigned i = 1; i < 4; i++)
		kill(board->births[i].pid, SIGKILL);
	AWAIT(was_told("STATUS=Generation 1: 1 of 4"));
	poll(NULL, 0, 400);
	ck_assert(!was_told("WATCHDOG=1"));
	unsetenv("WATCHDOG_USEC");
	close(manager);
	stage_stop();
}
END_TEST

UNIT("server/master", test_starts_and_stops,
    test_interrupt_stops_and_more_signals_do_no_harm,
    test_deaf_worker_is_killed, test_failed_start,
    test_second_server_is_refused, test_unprivileged, test_background,
    test_background_fails, test_killed_worker_is_replaced,
    test_crash_loop_slows_down, test_who_hangs_is_replaced,
    test_a_pause_of_all_kills_nobody, test_workers_ignore_the_masters_signals,
    test_workers_have_what_is_theirs, test_killed_master,
    test_counters_and_processes_are_logged, test_manager_is_told, test_watchdog)
