/*
 * test_crash.c -- processes on one SQLite file, killed at any moment.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tests.h"

#include "base/clock.h"
#include "config/config.h"
#include "policy/store_of.h"
#include "workers.h"
#include "world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 80 };

/* Block accounts of our own, one after the other, and say so. */
static void
block_for_ever(const struct config *config, unsigned number, int fd)
{
	struct store *store = world_store(config);

	for (unsigned i = 0;; i++) {
		char line[64];
		struct check checks[3];

		snprintf(line, sizeof(line), "user%u-%ld-%u\n", number,
		    (long)getpid(), i);
		line[strlen(line) - 1] = '\0';
		checks[0] = worker_login(config, "shared", number);
		checks[1] = worker_login(config, line, 1);
		checks[2] = worker_login(config, line, 2);
		world_checks(store, checks, 3);
		if (checks[2].result != STORE_DONE ||
		    !checks[2].finding.is_new_block)
			_exit(EXIT_FAILURE);
		line[strlen(line)] = '\n';
		/* One write: the parent reads a line or none of it. */
		if (write(fd, line, strcspn(line, "\n") + 1) < 0)
			_exit(EXIT_FAILURE);
		if (i % 16 == 0)
			store_tend(store);
	}
}

/* Wait until a line more than *length bytes is there, and nobody has ended. */
static void
wait_for_line(int fd, off_t *length)
{
	const struct timespec pause = { 0, 1000000 };
	struct stat found;

	for (;;) {
		ck_assert_int_eq(fstat(fd, &found), 0);
		if (found.st_size > *length)
			break;
		ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), 0);
		nanosleep(&pause, NULL);
	}
	*length = found.st_size;
}

/* Kill processes for a while, all of them now and then, and replace them.
 * Between two kills something is done, however busy the machine is. */
static void
kill_and_replace(const struct config *config, int fd)
{
	pid_t pids[WORKERS];
	int gate[2];
	unsigned started = 0;
	off_t length = 0;

	ck_assert_int_eq(pipe(gate), 0);
	close(gate[1]);
	gate[1] = dup(gate[0]);
	for (unsigned i = 0; i < WORKERS; i++)
		pids[i] = worker_start(block_for_ever, config, started++,
		    gate, fd);
	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned count = round % 8 == 7 ? WORKERS : 1;
		struct timespec pause = { 0 };

		wait_for_line(fd, &length);
		pause.tv_nsec = (1 + rand() % 20) * 1000000L;
		nanosleep(&pause, NULL);
		for (unsigned k = 0; k < count; k++)
			kill(pids[(round + k) % WORKERS], SIGKILL);
		for (unsigned k = 0; k < count; k++) {
			unsigned i = (round + k) % WORKERS;
			int status;

			waitpid(pids[i], &status, 0);
			/* It ended by our hand, not by a failure. */
			ck_assert(WIFSIGNALED(status));
			if (round < ROUNDS - 1)
				pids[i] = worker_start(block_for_ever, config,
				    started++, gate, fd);
		}
	}
	close(gate[0]);
	close(gate[1]);
}

/* Every line that was written is of an account that is blocked, with one row
 * in the outbox for each channel. */
static unsigned
see_blocked(struct side *side, FILE *told)
{
	char account[80], sql[480];
	unsigned count = 0;

	rewind(told);
	while (fgets(account, sizeof(account), told) != NULL) {
		char *found;

		account[strcspn(account, "\n")] = '\0';
		snprintf(sql, sizeof(sql), "SELECT (SELECT count(*) FROM "
		    "block WHERE account = '%s' AND ended_at IS NULL), "
		    "(SELECT count(*) FROM account WHERE account = '%s' AND "
		    "blocked_until > 0), (SELECT count(*) FROM outbox WHERE "
		    "account = '%s')", account, account, account);
		found = side_sql(side, sql);
		if (strcmp(found, "1|1|2\n") != 0)
			ck_abort_msg("%s: %s", account, found);
		free(found);
		count++;
	}
	return count;
}

START_TEST(what_was_blocked_survives_any_kill)
{
	struct world world;
	FILE *told = tmpfile();
	char *found;

	ck_assert_ptr_nonnull(told);
	world_open(&world, SIDE_SQLITE);
	clock_set_wall_ms(0);
	srand(7);
	world_set(&world, "notify", "on");
	world.config.settings.limits[MEASURE_NETWORKS] = 1;
	world_let_go(&world);
	kill_and_replace(&world.config, fileno(told));
	world_take_up(&world);
	found = side_sql(world.side, "PRAGMA integrity_check");
	ck_assert_str_eq(found, "ok\n");
	free(found);
	ck_assert_uint_ge(see_blocked(world.side, told), ROUNDS);
	fclose(told);
	world_close(&world);
}
END_TEST

TCase *
tests_crash(void)
{
	TCase *tcase = tcase_create("crash");

	tcase_add_test(tcase, what_was_blocked_survives_any_kill);
	tcase_set_timeout(tcase, 120);
	return tcase;
}
