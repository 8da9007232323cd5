/*
 * test_file_shared.c -- what other programs do to the SQLite file, and its log.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tests.h"

#include "file_bench.h"
#include "policy/store_of.h"
#include "store/change_listening.h"

#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>

/* Who has none is not looked for; that one came, changed or went is noticed
 * whoever did it. */
START_TEST(an_override_of_another_program_counts)
{
	struct bench bench;

	bench_set_up(&bench);
	ck_assert_int_eq(bench_log_in(&bench, "joe@a", 1, STORE_DONE),
	    VERDICT_PASS);
	bench_change(&bench, "INSERT INTO override (account, settings, "
	    "changed_at) VALUES ('@a', '{\"networks\": 2}', 0)");
	ck_assert_int_eq(bench_log_in(&bench, "joe@a", 2, STORE_DONE),
	    VERDICT_PASS);
	bench_change(&bench, "INSERT INTO override (account, settings, "
	    "changed_at) VALUES ('joe@a', '{\"networks\": 4}', 0)");
	ck_assert_int_eq(bench_log_in(&bench, "joe@a", 3, STORE_DONE),
	    VERDICT_PASS);
	ck_assert_int_eq(bench_log_in(&bench, "ann@a", 1, STORE_DONE),
	    VERDICT_PASS);
	bench_change(&bench, "DELETE FROM override WHERE account = 'joe@a'");
	ck_assert_int_eq(bench_log_in(&bench, "joe@a", 4, STORE_DONE),
	    VERDICT_BLOCKED);
	bench_change(&bench, "UPDATE override SET account = '@b'");
	ck_assert_int_eq(bench_log_in(&bench, "ann@a", 2, STORE_DONE),
	    VERDICT_BLOCKED);
	bench_tear_down(&bench);
}
END_TEST

/* Each may have one then: see override_of.h. */
START_TEST(many_overrides_count)
{
	struct bench bench;

	bench_set_up(&bench);
	ck_assert_int_eq(bench_log_in(&bench, "joe", 1, STORE_DONE),
	    VERDICT_PASS);
	bench_change(&bench, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
	    "SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO override "
	    "(account, settings, changed_at) "
	    "SELECT 'a' || i, '{}', 0 FROM n UNION ALL "
	    "SELECT 'joe', '{\"networks\": 2}', 0");
	ck_assert_int_eq(bench_log_in(&bench, "joe", 2, STORE_DONE),
	    VERDICT_PASS);
	ck_assert_int_eq(bench_log_in(&bench, "joe", 3, STORE_DONE),
	    VERDICT_BLOCKED);
	bench_tear_down(&bench);
}
END_TEST

/* Copy all of a database over what is in another. */
static void
copy(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");

	ck_assert_ptr_nonnull(backup);
	ck_assert_int_eq(sqlite3_backup_step(backup, -1), SQLITE_DONE);
	ck_assert_int_eq(sqlite3_backup_finish(backup), SQLITE_OK);
}

static void
take_nothing(void *self, const struct store_change *change)
{
	(void)self;
	(void)change;
}

/* sqlite3's .restore: the file stays, and all in it is of another time, even
 * if as many changes followed as there had been. */
START_TEST(one_restored_in_its_place_is_another)
{
	const struct listener listening = { .take = take_nothing };
	struct hearing hearing;
	struct bench bench;
	sqlite3 *file, *saved;

	bench_set_up(&bench);
	ck_assert_int_eq(bench_log_in(&bench, "joe@b", 1, STORE_DONE),
	    VERDICT_PASS);
	bench_change(&bench, "INSERT INTO override (account, settings, "
	    "changed_at) VALUES ('@a', '{\"networks\": 2}', 0)");
	ck_assert_int_eq(sqlite3_open(bench.path, &file), SQLITE_OK);
	ck_assert_int_eq(sqlite3_open(":memory:", &saved), SQLITE_OK);
	copy(file, saved);
	bench_change(&bench, "DELETE FROM override");
	ck_assert_int_eq(bench_log_in(&bench, "joe@a", 1, STORE_DONE),
	    VERDICT_PASS);
	store_hear(bench.store, &listening, &hearing);
	store_hear(bench.store, &listening, &hearing);
	ck_assert(hearing.is_heard && !hearing.is_new);
	copy(saved, file);
	bench_change(&bench, "INSERT INTO news (kind) VALUES ('block'), "
	    "('block')");
	store_hear(bench.store, &listening, &hearing);
	ck_assert(hearing.is_heard && hearing.is_new);
	for (unsigned i = 1; i <= 3; i++)
		ck_assert_int_eq(bench_log_in(&bench, "joe@a", i, STORE_DONE),
		    i < 3 ? VERDICT_PASS : VERDICT_BLOCKED);
	sqlite3_close(saved);
	sqlite3_close(file);
	bench_tear_down(&bench);
}
END_TEST

START_TEST(a_history_of_a_format_to_come_stays)
{
	struct bench bench;

	bench_set_up(&bench);
	bench_log_in(&bench, "joe", 1, STORE_DONE);
	bench_change(&bench, "UPDATE account SET history = x'7f0102'");
	bench_log_in(&bench, "joe", 1, STORE_DONE);
	bench_change(&bench, "CREATE TABLE seen (it BLOB CHECK "
	    "(it IS x'7f0102')); INSERT INTO seen SELECT history FROM account");
	bench_tear_down(&bench);
}
END_TEST

/* Nobody can carry over what an open reader still sees. */
START_TEST(its_log_is_kept_from_being_carried_over)
{
	struct bench bench;
	sqlite3 *reader;

	bench_set_up(&bench);
	bench_log_in(&bench, "joe", 1, STORE_DONE);
	ck_assert_int_eq(sqlite3_open(bench.path, &reader), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(reader, "BEGIN; SELECT count(*) "
	    "FROM account", NULL, NULL, NULL), SQLITE_OK);
	/* 80 MB in one go. */
	bench_change(&bench, "CREATE TABLE filler (bytes BLOB); "
	    "INSERT INTO filler VALUES (zeroblob(83886080))");
	bench_log_in(&bench, "ann", 1, STORE_DONE);
	store_tend(bench.store);
	ck_assert_uint_eq(bench_logged(&bench, "another program reads it"),
	    1);
	sqlite3_close(reader);
	bench_tear_down(&bench);
}
END_TEST

/* The length of its log, MB. */
static long
log_mb(const struct bench *bench)
{
	struct stat status;
	char wal[100];

	snprintf(wal, sizeof(wal), "%s-wal", bench->path);
	ck_assert_int_eq(stat(wal, &status), 0);
	return (long)(status.st_size >> 20);
}

/* So many accounts log in; a worker tends between its rounds, and who listens
 * comes by in between, if there is one. */
static void
fill_log(struct bench *bench, unsigned accounts, struct store *listener)
{
	const struct listener listening = { .take = take_nothing };
	struct hearing hearing;

	for (unsigned i = 0; i < accounts; i++) {
		char account[32];

		snprintf(account, sizeof(account), "user%u", i);
		bench_log_in(bench, account, 1, STORE_DONE);
		store_tend(bench->store);
		if (listener != NULL && i % 100 == 0)
			store_hear(listener, &listening, &hearing);
	}
}

START_TEST(its_log_does_not_grow_for_ever)
{
	struct bench bench;
	struct stat status;
	uint64_t ended;

	bench_set_up(&bench);
	fill_log(&bench, 12000, NULL);
	ck_assert_int_gt(log_mb(&bench), 32);
	ck_assert_int_le(log_mb(&bench), 65);
	/* The housekeeper carries over what is left. */
	ck_assert_int_eq(store_expire(bench.store, &ended, world_deadline()),
	    STORE_DONE);
	ck_assert_int_eq(stat(bench.path, &status), 0);
	ck_assert_int_gt(status.st_size, 1 << 20);
	bench_tear_down(&bench);
}
END_TEST

/* Workers need not then. */
START_TEST(who_listens_keeps_its_log_short)
{
	struct bench bench;
	struct store *listener;

	bench_set_up(&bench);
	bench_log_in(&bench, "joe", 1, STORE_DONE);
	listener = store_of(&bench.world.config);
	fill_log(&bench, 12000, listener);
	ck_assert_int_ge(log_mb(&bench), 32);
	ck_assert_int_le(log_mb(&bench), 40);
	store_close(listener);
	bench_tear_down(&bench);
}
END_TEST

TCase *
tests_file_shared(void)
{
	TCase *tcase = tcase_create("file_shared");

	tcase_add_test(tcase, an_override_of_another_program_counts);
	tcase_add_test(tcase, many_overrides_count);
	tcase_add_test(tcase, one_restored_in_its_place_is_another);
	tcase_add_test(tcase, a_history_of_a_format_to_come_stays);
	tcase_add_test(tcase, its_log_is_kept_from_being_carried_over);
	tcase_add_test(tcase, its_log_does_not_grow_for_ever);
	tcase_add_test(tcase, who_listens_keeps_its_log_short);
	tcase_set_timeout(tcase, 120);
	return tcase;
}
