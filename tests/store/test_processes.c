/*
 * test_processes.c -- several processes on one store, killed at any moment.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tests.h"

#include "base/addr.h"
#include "base/clock.h"
#include "base/mem.h"
#include "policy/limits.h"
#include "world.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS = 4 };

/* What a worker does; what it writes to fd is for the parent. */
typedef void work(const struct config *, unsigned number, int fd);

/* Start a worker; end of file on its standard input, the gate, starts all. */
static pid_t
start(work *do_work, const struct config *config, unsigned number, int gate[2],
    int fd)
{
	pid_t pid = fork();
	char byte;

	ck_assert_int_ge(pid, 0);
	if (pid != 0)
		return pid;
	close(gate[1]);
	while (read(gate[0], &byte, 1) > 0)
		continue;
	do_work(config, number, fd);
	_exit(EXIT_SUCCESS);
}

/* Run WORKERS workers at once; what they wrote, a byte each. */
static void
run_workers(work *do_work, const struct config *config, unsigned counts[256])
{
	int gate[2], results[2];
	pid_t pids[WORKERS];
	unsigned char byte;

	ck_assert_int_eq(pipe(gate), 0);
	ck_assert_int_eq(pipe(results), 0);
	for (unsigned i = 0; i < WORKERS; i++)
		pids[i] = start(do_work, config, i, gate, results[1]);
	close(gate[0]);
	close(gate[1]);
	close(results[1]);
	memset(counts, 0, 256 * sizeof(*counts));
	while (read(results[0], &byte, 1) == 1)
		counts[byte]++;
	close(results[0]);
	for (unsigned i = 0; i < WORKERS; i++) {
		int status;

		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
	}
}

static struct check
login(const struct config *config, const char *account, unsigned network)
{
	struct check check = { .account = account, .instance = "",
		.settings = &config->settings };
	char text[ADDR_TEXT_SIZE];

	snprintf(text, sizeof(text), "192.0.%u.%u", network / 250,
	    1 + network % 250);
	if (addr_parse(text, &check.login.network) != 0)
		abort();
	check.login.client = check.login.network;
	strcpy(check.login.country, "DE");
	return check;
}

static void
tell(int fd, unsigned char byte)
{
	if (write(fd, &byte, 1) != 1)
		abort();
}

/* What a worker finds, as a byte. */
enum { PASSED = 'p', BLOCKED = 'b', BLOCKED_NEW = 'n', REFUSED = 'r',
	FAILED = 'f' };

static unsigned char
byte_of(const struct check *check)
{
	if (check->result != STORE_DONE)
		return FAILED;
	if (check->finding.verdict == VERDICT_PASS)
		return PASSED;
	if (check->finding.verdict == VERDICT_OVER_RATE)
		return REFUSED;
	return check->finding.is_new_block ? BLOCKED_NEW : BLOCKED;
}

enum { ACCOUNTS = 25, NETWORKS_EACH = 4 };

/* Log in to each account from networks that no other worker has. */
static void
log_in(const struct config *config, unsigned number, int fd)
{
	struct store *store = store_open(config, &limits_policy);

	for (unsigned a = 0; a < ACCOUNTS; a++)
		for (unsigned n = 0; n < NETWORKS_EACH; n++) {
			char account[32];
			struct check check;

			snprintf(account, sizeof(account), "user%u", a);
			check = login(config, account,
			    number * NETWORKS_EACH + n);
			store_check(store, &check, 1, world_deadline());
			tell(fd, byte_of(&check));
		}
	store_close(store);
}

START_TEST(none_slips_below_a_limit)
{
	struct world world;
	unsigned counts[256];

	if (!side_exists((enum side_kind)_i))
		return;
	world_open(&world, (enum side_kind)_i);
	clock_set_wall_ms(0);
	world.config.settings.networks = 5;
	store_close(world.store);
	world.store = NULL;
	run_workers(log_in, &world.config, counts);
	ck_assert_uint_eq(counts[FAILED], 0);
	ck_assert_uint_eq(counts[PASSED], ACCOUNTS * 5);
	ck_assert_uint_eq(counts[BLOCKED_NEW], ACCOUNTS);
	ck_assert_uint_eq(counts[BLOCKED],
	    ACCOUNTS * (WORKERS * NETWORKS_EACH - 6));
	world_close(&world);
}
END_TEST

/* Send mails of one account, some in rounds. */
static void
send_mails(const struct config *config, unsigned number, int fd)
{
	struct store *store = store_open(config, &limits_policy);

	for (unsigned i = 0; i < 20; i++) {
		struct check checks[3];
		size_t count = 1 + (i + number) % 3;

		for (size_t k = 0; k < count; k++) {
			checks[k] = login(config, "joe", 1);
			checks[k].weight = 1;
		}
		store_check(store, checks, count, world_deadline());
		for (size_t k = 0; k < count; k++)
			tell(fd, byte_of(&checks[k]));
	}
	store_close(store);
}

START_TEST(exactly_as_many_mails_as_allowed)
{
	struct world world;
	unsigned counts[256];

	if (!side_exists((enum side_kind)_i))
		return;
	world_open(&world, (enum side_kind)_i);
	clock_set_wall_ms(0);
	world.config.settings.rates = (struct rates){ 1, { { 50, 86400 } } };
	run_workers(send_mails, &world.config, counts);
	ck_assert_uint_eq(counts[FAILED], 0);
	ck_assert_uint_eq(counts[PASSED], 50);
	ck_assert_uint_gt(counts[REFUSED], 50);
	world_close(&world);
}
END_TEST

/* Create the schema, all at the same time. */
static void
create(const struct config *config, unsigned number, int fd)
{
	struct store *store = store_open(config, &limits_policy);
	struct check check = login(config, "joe", number);

	tell(fd, store_init(store, true, world_deadline()) == STORE_DONE ?
	    PASSED : FAILED);
	store_check(store, &check, 1, world_deadline());
	tell(fd, byte_of(&check));
	store_close(store);
}

START_TEST(a_file_is_made_once)
{
	struct world world;
	unsigned counts[256];
	struct account_record record;

	world_open(&world, SIDE_SQLITE);
	clock_set_wall_ms(0);
	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(unlink(world.config.store.url +
		    strlen("sqlite:")), 0);
		run_workers(create, &world.config, counts);
		ck_assert_uint_eq(counts[PASSED], 2 * WORKERS);
		ck_assert_int_eq(store_account(world.console, "joe",
		    &world.config.settings, 10, &record, world_deadline()),
		    STORE_DONE);
		ck_assert_uint_eq(record.logins_in_all, WORKERS);
		account_record_clear(&record);
	}
	world_close(&world);
}
END_TEST

/* Block accounts of our own, one after the other, and say so. */
static void
block_for_ever(const struct config *config, unsigned number, int fd)
{
	struct store *store = store_open(config, &limits_policy);

	for (unsigned i = 0;; i++) {
		char line[64];
		struct check checks[3];

		snprintf(line, sizeof(line), "user%u-%ld-%u\n", number,
		    (long)getpid(), i);
		line[strlen(line) - 1] = '\0';
		checks[0] = login(config, "shared", number);
		checks[1] = login(config, line, 1);
		checks[2] = login(config, line, 2);
		store_check(store, checks, 3, world_deadline());
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

/* Kill processes for a while, all of them now and then, and replace them. */
static void
kill_and_replace(const struct config *config, int fd)
{
	pid_t pids[WORKERS];
	int gate[2];
	unsigned started = 0;

	ck_assert_int_eq(pipe(gate), 0);
	close(gate[1]);
	gate[1] = dup(gate[0]);
	for (unsigned i = 0; i < WORKERS; i++)
		pids[i] = start(block_for_ever, config, started++, gate, fd);
	for (unsigned round = 0; round < 80; round++) {
		unsigned count = round % 8 == 7 ? WORKERS : 1;
		struct timespec pause = { 0 };

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
			if (round < 79)
				pids[i] = start(block_for_ever, config,
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
	world.config.settings.networks = 1;
	store_close(world.store);
	store_close(world.console);
	kill_and_replace(&world.config, fileno(told));
	found = side_sql(world.side, "PRAGMA integrity_check");
	ck_assert_str_eq(found, "ok\n");
	free(found);
	ck_assert_uint_gt(see_blocked(world.side, told), 100);
	world.store = world.console = NULL;
	fclose(told);
	world_close(&world);
}
END_TEST

TCase *
tests_processes(void)
{
	TCase *tcase = tcase_create("processes");

	tcase_add_loop_test(tcase, none_slips_below_a_limit, 0, SIDES);
	tcase_add_loop_test(tcase, exactly_as_many_mails_as_allowed, 0,
	    SIDES);
	tcase_add_test(tcase, a_file_is_made_once);
	tcase_add_test(tcase, what_was_blocked_survives_any_kill);
	tcase_set_timeout(tcase, 120);
	return tcase;
}
