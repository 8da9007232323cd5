/*
 * test_processes.c -- several processes on one store at the same time.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tests.h"

#include "base/clock.h"
#include "config/config.h"
#include "policy/store_of.h"
#include "script.h"
#include "workers.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ACCOUNTS = 25, NETWORKS_EACH = 4 };

/* Log in to each account from networks that no other worker has. */
static void
log_in(const struct config *config, unsigned number, int fd)
{
	struct store *store = world_store(config);

	for (unsigned a = 0; a < ACCOUNTS; a++)
		for (unsigned n = 0; n < NETWORKS_EACH; n++) {
			char account[32];
			struct check check;

			snprintf(account, sizeof(account), "user%u", a);
			check = worker_login(config, account,
			    number * NETWORKS_EACH + n);
			world_checks(store, &check, 1);
			worker_tell(fd, worker_byte(&check));
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
	world.config.settings.limits[MEASURE_NETWORKS] = 5;
	world_let_go(&world);
	workers_run(log_in, &world.config, counts);
	world_take_up(&world);
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
	struct store *store = world_store(config);

	for (unsigned i = 0; i < 20; i++) {
		struct check checks[3];
		size_t count = 1 + (i + number) % 3;

		for (size_t k = 0; k < count; k++) {
			checks[k] = worker_login(config, "joe", 1);
			checks[k].weight = 1;
		}
		world_checks(store, checks, count);
		for (size_t k = 0; k < count; k++)
			worker_tell(fd, worker_byte(&checks[k]));
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
	world_let_go(&world);
	workers_run(send_mails, &world.config, counts);
	world_take_up(&world);
	ck_assert_uint_eq(counts[FAILED], 0);
	ck_assert_uint_eq(counts[PASSED], 50);
	ck_assert_uint_gt(counts[REFUSED], 50);
	world_close(&world);
}
END_TEST

/* Do to one account what its number says, again and again. */
static void
quarrel(const struct config *config, unsigned number, int fd)
{
	struct store *store = world_store(config);

	for (unsigned i = 0; i < 30; i++) {
		enum store_result result = STORE_FAILED;
		struct check check = worker_login(config, "joe", i);
		uint64_t ended;

		if (number == 0)
			result = store_block(store, "joe", i % 3 == 0 ? 0 : 1,
			    "why", world_deadline());
		else if (number == 1)
			result = store_unblock(store, "joe", world_deadline());
		else if (number == 2)
			result = store_expire(store, &ended, world_deadline());
		else {
			world_checks(store, &check, 1);
			result = check.result;
		}
		worker_tell(fd, result != STORE_FAILED ? PASSED : FAILED);
	}
	store_close(store);
}

/* Who is blocked has a block that holds as long, and nobody else has one. */
START_TEST(blocks_by_hand_and_by_time_beside_requests)
{
	struct world world;
	unsigned counts[256];
	char *torn;

	if (!side_exists((enum side_kind)_i))
		return;
	world_open(&world, (enum side_kind)_i);
	clock_set_wall_ms(0);
	world.config.settings.limits[MEASURE_NETWORKS] = 3;
	world.config.block.duration_s = 1;
	for (unsigned i = 0; i < 5; i++) {
		world_let_go(&world);
		workers_run(quarrel, &world.config, counts);
		world_take_up(&world);
		ck_assert_uint_eq(counts[FAILED], 0);
		torn = side_sql(world.side, _i == SIDE_PGSQL ?
		    "SELECT a.blocked_until, b.until FROM policyd.account a "
		    "LEFT JOIN policyd.block b ON b.account = a.account "
		    "AND b.ended_at IS NULL "
		    "WHERE a.blocked_until IS DISTINCT FROM b.until" :
		    "SELECT a.blocked_until, b.until FROM account a "
		    "LEFT JOIN block b ON b.account = a.account "
		    "AND b.ended_at IS NULL "
		    "WHERE a.blocked_until IS NOT b.until");
		ck_assert_str_eq(torn, "");
		free(torn);
	}
	world_close(&world);
}
END_TEST

/* Create the schema, all at the same time. */
static void
create(const struct config *config, unsigned number, int fd)
{
	struct store *store = world_store(config);
	struct check check = worker_login(config, "joe", number);
	enum store_result made = store_init(store, true, world_deadline());

	worker_tell(fd, made == STORE_DONE ? PASSED : FAILED);
	world_checks(store, &check, 1);
	worker_tell(fd, worker_byte(&check));
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
		world_let_go(&world);
		workers_run(create, &world.config, counts);
		world_take_up(&world);
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

/* Logins of many accounts, all of them old. */
static void
fill(struct side *side, enum side_kind kind)
{
	free(side_sql(side, kind == SIDE_SQLITE ?
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
	    "WHERE i < 20000) INSERT INTO login (account, network, country, "
	    "first_seen, last_seen, mails) SELECT 'old' || (i / 3), "
	    "'192.0.2.' || (i % 3), 'DE', 1, 1, 1 FROM n" :
	    "INSERT INTO policyd.login SELECT 'old' || (i / 3), "
	    "('192.0.2.' || (i % 3))::cidr, 'DE', 'epoch', 'epoch', 1 "
	    "FROM generate_series(1, 20000) i"));
}

START_TEST(cleaning_is_safe_beside_the_server)
{
	struct world world;
	unsigned counts[256];
	struct cleaned cleaned;
	pid_t pid;
	int status;

	if (!side_exists((enum side_kind)_i))
		return;
	world_open(&world, (enum side_kind)_i);
	clock_set_wall_ms(0);
	world.config.settings.limits[MEASURE_NETWORKS] = 5;
	fill(world.side, (enum side_kind)_i);
	world_let_go(&world);
	pid = fork();
	if (pid == 0) {
		struct store *store = world_store(&world.config);

		if (store_clean(store, 86400, 500, &cleaned,
			world_deadline()) != STORE_DONE ||
		    cleaned.logins != 20000)
			_exit(EXIT_FAILURE);
		store_close(store);
		_exit(EXIT_SUCCESS);
	}
	workers_run(log_in, &world.config, counts);
	ck_assert_uint_eq(counts[FAILED], 0);
	ck_assert_uint_eq(counts[PASSED], ACCOUNTS * 5);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	world_take_up(&world);
	world_close(&world);
}
END_TEST

START_TEST(one_cleans_at_a_time)
{
	static const struct {
		int64_t after_ms;
		enum store_result result;
	} tries[] = {
		{ 0, STORE_NONE },
		{ 59999, STORE_NONE },
		/* Who died cleaning keeps others from it no longer. */
		{ 60000, STORE_DONE },
	};
	struct world world;
	struct cleaned cleaned;

	if (!side_exists((enum side_kind)_i))
		return;
	world_open(&world, (enum side_kind)_i);
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		clock_set_wall_ms(SCRIPT_START_MS);
		ck_assert_int_eq(store_take_turn(world.store, "clean", 60,
		    world_deadline()), STORE_DONE);
		clock_set_wall_ms(SCRIPT_START_MS + tries[i].after_ms);
		ck_assert_int_eq(store_clean(world.console, 86400, 500,
		    &cleaned, world_deadline()), tries[i].result);
	}
	clock_set_wall_ms(SCRIPT_START_MS);
	ck_assert_int_eq(store_take_turn(world.store, "clean", 60,
	    world_deadline()), STORE_DONE);
	ck_assert_int_eq(store_take_turn(world.console, "report", 60,
	    world_deadline()), STORE_DONE);
	store_leave_turn(world.store, "clean", world_deadline());
	ck_assert_int_eq(store_clean(world.console, 86400, 500, &cleaned,
	    world_deadline()), STORE_DONE);
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
	tcase_add_loop_test(tcase,
	    blocks_by_hand_and_by_time_beside_requests, 0, SIDES);
	tcase_add_test(tcase, a_file_is_made_once);
	tcase_add_loop_test(tcase, cleaning_is_safe_beside_the_server, 0,
	    SIDES);
	tcase_add_loop_test(tcase, one_cleans_at_a_time, 0, SIDES);
	tcase_set_timeout(tcase, 120);
	return tcase;
}
