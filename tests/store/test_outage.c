/*
 * test_outage.c -- what happens to the SQLite file while it is in use.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* syscall(2) */
#include "tests.h"

#include "base/clock.h"
#include "file_bench.h"
#include "policy/store_of.h"

#include <dirent.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* How often anything was synced: SQLite calls these instead of libc's. */
static unsigned syncs;

int fsync(int);
int fdatasync(int);

int
fsync(int fd)
{
	syncs++;
	return (int)syscall(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
	syncs++;
	return (int)syscall(SYS_fdatasync, fd);
}

/* Another worker, that has the file open too. */
struct other {
	pid_t pid;
	int to, from;
};

/* What it does: told to, it blocks ann; at the end of its orders, it goes. */
static void
be_other(const struct bench *bench, int from, int to)
{
	struct store *store = store_of(&bench->world.config);
	char byte;

	while (read(from, &byte, 1) == 1)
		if (store_block(store, "ann", 0, "", world_deadline()) !=
			STORE_DONE ||
		    write(to, &byte, 1) != 1)
			_exit(EXIT_FAILURE);
	store_close(store);
	_exit(EXIT_SUCCESS);
}

/* To be called before our store has the file open: see world_let_go. */
static void
start_other(const struct bench *bench, struct other *other)
{
	int to[2], from[2];

	ck_assert_int_eq(pipe(to), 0);
	ck_assert_int_eq(pipe(from), 0);
	other->pid = fork();
	ck_assert_int_ge(other->pid, 0);
	if (other->pid == 0) {
		close(to[1]);
		be_other(bench, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	other->to = to[1];
	other->from = from[0];
}

static void
have_other_block_ann(const struct other *other)
{
	char byte = 'b';

	ck_assert_int_eq(write(other->to, &byte, 1), 1);
	ck_assert_int_eq(read(other->from, &byte, 1), 1);
}

static void
stop_other(const struct other *other)
{
	int status;

	close(other->to);
	close(other->from);
	ck_assert_int_eq(waitpid(other->pid, &status, 0), other->pid);
	ck_assert_int_eq(status, 0);
}

/* All is in the file at path, and it is whole. */
static void
see_whole(struct bench *bench, const char *blocked, const char *not_blocked)
{
	store_close(bench->store);
	bench_change(bench, "CREATE TEMP TABLE checked (result TEXT "
	    "CHECK (result = 'ok')); INSERT INTO checked "
	    "SELECT integrity_check FROM pragma_integrity_check");
	bench->store = store_of(&bench->world.config);
	ck_assert_int_eq(bench_log_in(bench, blocked, 9, STORE_DONE),
	    VERDICT_BLOCKED);
	ck_assert_int_eq(bench_log_in(bench, not_blocked, 1, STORE_DONE),
	    VERDICT_PASS);
}

START_TEST(it_is_removed_while_it_is_open)
{
	struct bench bench;
	struct other other;

	bench_set_up(&bench);
	start_other(&bench, &other);
	bench_log_in(&bench, "joe", 1, STORE_DONE);
	ck_assert_int_eq(bench_log_in(&bench, "joe", 2, STORE_DONE),
	    VERDICT_BLOCKED);
	have_other_block_ann(&other);
	ck_assert_int_eq(bench_log_in(&bench, "ann", 1, STORE_DONE),
	    VERDICT_BLOCKED);
	ck_assert_int_eq(unlink(bench.path), 0);
	/* Nobody is blocked in the new file, until we block somebody. */
	ck_assert_int_eq(bench_log_in(&bench, "ann", 1, STORE_DONE),
	    VERDICT_PASS);
	ck_assert_uint_eq(bench_logged(&bench, "was removed or replaced"), 1);
	ck_assert_int_eq(bench_log_in(&bench, "joe", 1, STORE_DONE),
	    VERDICT_PASS);
	ck_assert_int_eq(bench_log_in(&bench, "joe", 2, STORE_DONE),
	    VERDICT_BLOCKED);
	stop_other(&other);
	see_whole(&bench, "joe", "ann");
	bench_tear_down(&bench);
}
END_TEST

START_TEST(it_is_replaced_while_it_is_open)
{
	struct bench bench;
	char backup[100], sql[140];
	struct other other;

	bench_set_up(&bench);
	start_other(&bench, &other);
	bench_log_in(&bench, "joe", 1, STORE_DONE);
	snprintf(backup, sizeof(backup), "%s/backup", bench.directory);
	snprintf(sql, sizeof(sql), "VACUUM INTO '%s'", backup);
	bench_change(&bench, sql);
	have_other_block_ann(&other);
	ck_assert_int_eq(bench_log_in(&bench, "ann", 1, STORE_DONE),
	    VERDICT_BLOCKED);
	ck_assert_int_eq(rename(backup, bench.path), 0);
	/* As the backup has it: a login of joe's, and nobody is blocked. */
	ck_assert_int_eq(bench_log_in(&bench, "ann", 1, STORE_DONE),
	    VERDICT_PASS);
	ck_assert_int_eq(bench_log_in(&bench, "joe", 2, STORE_DONE),
	    VERDICT_BLOCKED);
	stop_other(&other);
	see_whole(&bench, "joe", "ann");
	bench_tear_down(&bench);
}
END_TEST

START_TEST(it_is_locked_for_longer_than_the_deadline)
{
	struct bench bench;
	sqlite3 *holder;
	int64_t began_ms;

	bench_set_up(&bench);
	bench_log_in(&bench, "joe", 1, STORE_DONE);
	ck_assert_int_eq(sqlite3_open(bench.path, &holder), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(holder, "BEGIN IMMEDIATE", NULL, NULL,
	    NULL), SQLITE_OK);
	began_ms = clock_mono_ms();
	bench_see_trouble(&bench, "store.db is locked by another program");
	ck_assert_int_ge(clock_mono_ms() - began_ms, BENCH_DEADLINE_MS - 1);
	ck_assert_int_eq(sqlite3_exec(holder, "ROLLBACK", NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(holder);
	bench_see_recovery(&bench);
	bench_tear_down(&bench);
}
END_TEST

/* No file may grow beyond so many bytes; 0: as they like. */
static void
limit_files(rlim_t most)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = most > 0 ? most : limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(there_is_no_room)
{
	struct bench bench;
	struct stat status;
	char wal[100];

	bench_set_up(&bench);
	signal(SIGXFSZ, SIG_IGN);
	bench_log_in(&bench, "joe", 1, STORE_DONE);
	ck_assert_int_eq(bench_log_in(&bench, "joe", 2, STORE_DONE),
	    VERDICT_BLOCKED);
	snprintf(wal, sizeof(wal), "%s-wal", bench.path);
	ck_assert_int_eq(stat(wal, &status), 0);
	limit_files((rlim_t)status.st_size);
	bench_log_in(&bench, "ann", 1, STORE_FAILED);
	bench_log_in(&bench, "ann", 1, STORE_FAILED);
	limit_files(0);
	bench_see_recovery(&bench);
	ck_assert_uint_eq(bench_logged(&bench, "store.db: disk I/O error"), 1);
	ck_assert_int_eq(bench_log_in(&bench, "joe", 1, STORE_DONE),
	    VERDICT_BLOCKED);
	bench_tear_down(&bench);
}
END_TEST

START_TEST(what_is_new_is_synced_and_repeats_are_not)
{
	struct bench bench;
	unsigned before;

	bench_set_up(&bench);
	bench_log_in(&bench, "joe", 1, STORE_DONE);
	before = syncs;
	bench_log_in(&bench, "ann", 1, STORE_DONE);
	ck_assert_uint_gt(syncs, before);
	before = syncs;
	for (unsigned i = 0; i < 50; i++)
		bench_log_in(&bench, "ann", 1, STORE_DONE);
	ck_assert_uint_eq(syncs, before);
	ck_assert_int_eq(bench_log_in(&bench, "joe", 2, STORE_DONE),
	    VERDICT_BLOCKED);
	ck_assert_uint_gt(syncs, before);
	before = syncs;
	bench_log_in(&bench, "joe", 2, STORE_DONE);
	ck_assert_uint_eq(syncs, before);
	ck_assert_int_eq(store_unblock(bench.store, "joe", world_deadline()),
	    STORE_DONE);
	ck_assert_uint_gt(syncs, before);
	before = syncs;
	ck_assert_int_eq(store_block(bench.store, "joe", 1, "",
	    world_deadline()), STORE_DONE);
	ck_assert_uint_gt(syncs, before);
	bench_tear_down(&bench);
}
END_TEST

/* Count what a directory has by a part of its names. */
static unsigned
count_files(const char *directory, const char *part)
{
	DIR *dir = opendir(directory);
	const struct dirent *entry;
	unsigned count = 0;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)) != NULL)
		count += strstr(entry->d_name, part) != NULL;
	closedir(dir);
	return count;
}

START_TEST(it_is_moved_aside_and_back)
{
	struct bench bench;
	char aside[100];

	bench_set_up(&bench);
	bench_log_in(&bench, "joe", 1, STORE_DONE);
	ck_assert_int_eq(bench_log_in(&bench, "joe", 2, STORE_DONE),
	    VERDICT_BLOCKED);
	snprintf(aside, sizeof(aside), "%s.aside", bench.path);
	ck_assert_int_eq(rename(bench.path, aside), 0);
	/* A new file is made, and nothing of the old one is deleted. */
	ck_assert_int_eq(bench_log_in(&bench, "joe", 1, STORE_DONE),
	    VERDICT_PASS);
	ck_assert_uint_eq(count_files(bench.directory, "-wal.orphan-"), 1);
	ck_assert_uint_eq(bench_logged(&bench, "should the file come back"),
	    1);
	ck_assert_int_eq(rename(aside, bench.path), 0);
	ck_assert_int_eq(bench_log_in(&bench, "joe", 1, STORE_DONE),
	    VERDICT_BLOCKED);
	bench_tear_down(&bench);
}
END_TEST

START_TEST(its_log_is_deleted)
{
	struct bench bench;
	char wal[100];

	bench_set_up(&bench);
	bench_log_in(&bench, "joe", 1, STORE_DONE);
	ck_assert_int_eq(bench_log_in(&bench, "joe", 2, STORE_DONE),
	    VERDICT_BLOCKED);
	snprintf(wal, sizeof(wal), "%s-wal", bench.path);
	ck_assert_int_eq(unlink(wal), 0);
	store_tend(bench.store);
	store_tend(bench.store);
	ck_assert_uint_eq(bench_logged(&bench, "was deleted while it is in "
	    "use: restart policyd"), 1);
	/* As a restart does. */
	store_close(bench.store);
	bench.store = store_of(&bench.world.config);
	ck_assert_int_eq(bench_log_in(&bench, "joe", 1, STORE_DONE),
	    VERDICT_BLOCKED);
	bench_tear_down(&bench);
}
END_TEST

TCase *
tests_outage(void)
{
	TCase *tcase = tcase_create("outage");

	tcase_add_test(tcase, it_is_removed_while_it_is_open);
	tcase_add_test(tcase, it_is_replaced_while_it_is_open);
	tcase_add_test(tcase, it_is_locked_for_longer_than_the_deadline);
	tcase_add_test(tcase, there_is_no_room);
	tcase_add_test(tcase, what_is_new_is_synced_and_repeats_are_not);
	tcase_add_test(tcase, it_is_moved_aside_and_back);
	tcase_add_test(tcase, its_log_is_deleted);
	tcase_set_timeout(tcase, 120);
	return tcase;
}
