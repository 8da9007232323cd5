/*
 * test_file.c -- the SQLite file as it is found, and what is said of it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* flock */
#include "tests.h"

#include "base/clock.h"
#include "store/schema.h"
#include "file_bench.h"
#include "policy/store_of.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Who has no rights: the user nobody. */
enum { NOBODY = 65534 };

static void
see_mode(const char *path, const char *suffix, mode_t mode)
{
	char file[120];
	struct stat status;

	snprintf(file, sizeof(file), "%s%s", path, suffix);
	ck_assert_int_eq(stat(file, &status), 0);
	ck_assert_int_eq(status.st_mode & 07777, mode);
}

START_TEST(is_made_with_its_permissions)
{
	static const mode_t masks[] = { 0, 022, 077 };
	struct bench bench;

	bench_set_up(&bench);
	umask(masks[_i]);
	bench_log_in(&bench, "joe", 1, STORE_DONE);
	see_mode(bench.path, "", 0640);
	see_mode(bench.path, "-wal", 0640);
	see_mode(bench.path, "-shm", 0640);
	bench_tear_down(&bench);
}
END_TEST

START_TEST(is_made_for_the_servers_user)
{
	static char user[] = "nobody";
	struct bench bench;
	struct store *servers;
	struct stat status;

	if (geteuid() != 0)
		return;
	bench_set_up(&bench);
	bench.world.config.server.user = user;
	ck_assert_int_eq(store_init(bench.store, true, world_deadline()),
	    STORE_DONE);
	ck_assert_int_eq(stat(bench.path, &status), 0);
	ck_assert_uint_eq(status.st_uid, NOBODY);
	ck_assert_int_eq(chown(bench.directory, NOBODY, NOBODY), 0);
	bench_log_in(&bench, "joe", 1, STORE_DONE);
	/* What root has open, the server can use too. */
	ck_assert_int_eq(seteuid(NOBODY), 0);
	servers = store_of(&bench.world.config);
	ck_assert_int_eq(store_block(servers, "joe", 0, "",
	    world_deadline()), STORE_DONE);
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(bench_log_in(&bench, "joe", 1, STORE_DONE),
	    VERDICT_BLOCKED);
	store_close(servers);
	bench_tear_down(&bench);
}
END_TEST

/* Who has made sure of it does not queue up to open it once more. */
START_TEST(one_that_is_ready_stays_open)
{
	struct bench bench;
	int fd;

	bench_set_up(&bench);
	ck_assert_int_eq(store_init(bench.store, true, world_deadline()),
	    STORE_DONE);
	/* Another process is about to open it. */
	fd = open(bench.directory, O_RDONLY | O_DIRECTORY);
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
	bench_log_in(&bench, "joe", 1, STORE_DONE);
	close(fd);
	bench_tear_down(&bench);
}
END_TEST

START_TEST(a_missing_one_is_not_made_unasked)
{
	struct bench bench;

	bench_set_up(&bench);
	bench.world.config.store.create = false;
	bench_see_trouble(&bench,
	    "store.db does not exist: run policyd "
	    "--init-store");
	ck_assert_int_eq(store_init(bench.store, false, world_deadline()),
	    STORE_NONE);
	ck_assert_int_ne(access(bench.path, F_OK), 0);
	ck_assert_int_eq(store_init(bench.store, true, world_deadline()),
	    STORE_DONE);
	bench_see_recovery(&bench);
	bench_tear_down(&bench);
}
END_TEST

START_TEST(an_empty_one_is_not_filled_unasked)
{
	struct bench bench;

	bench_set_up(&bench);
	bench.world.config.store.create = false;
	bench_change(&bench, "PRAGMA journal_mode = WAL");
	bench_see_trouble(&bench,
	    "store.db has schema 0 and this program needs");
	ck_assert_int_eq(store_init(bench.store, false, world_deadline()),
	    STORE_NONE);
	ck_assert_int_eq(store_init(bench.store, true, world_deadline()),
	    STORE_DONE);
	bench_see_recovery(&bench);
	bench_tear_down(&bench);
}
END_TEST

START_TEST(its_directory_is_missing)
{
	struct bench bench;
	char moved[80];

	bench_set_up(&bench);
	snprintf(moved, sizeof(moved), "%s.moved", bench.directory);
	ck_assert_int_eq(rename(bench.directory, moved), 0);
	bench_see_trouble(&bench,
	    "store.db: its directory cannot be used (No such "
	    "file or directory): create it, owned by");
	ck_assert_int_eq(rename(moved, bench.directory), 0);
	bench_see_recovery(&bench);
	bench_tear_down(&bench);
}
END_TEST

START_TEST(it_may_not_be_written)
{
	struct bench bench;

	bench_set_up(&bench);
	bench_log_in(&bench, "joe", 1, STORE_DONE);
	store_close(bench.store);
	/* Root may write anything: then it is somebody else who may not. */
	if (geteuid() == 0) {
		ck_assert_int_eq(chown(bench.directory, NOBODY, NOBODY), 0);
		ck_assert_int_eq(chown(bench.path, NOBODY, NOBODY), 0);
	}
	ck_assert_int_eq(chmod(bench.path, 0440), 0);
	bench.store = store_of(&bench.world.config);
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(NOBODY), 0);
	bench_see_trouble(&bench,
	    "store.db cannot be read and written (Permission "
	    "denied): give it to ");
	ck_assert_int_eq(chmod(bench.path, 0640), 0);
	bench_see_recovery(&bench);
	store_close(bench.store);
	ck_assert_int_eq(chmod(bench.directory, 0500), 0);
	bench.store = store_of(&bench.world.config);
	bench_see_trouble(&bench,
	    "store.db: its directory cannot be written to "
	    "(Permission denied): give it to ");
	ck_assert_int_eq(chmod(bench.directory, 0700), 0);
	bench_see_recovery(&bench);
	ck_assert_int_eq(seteuid(getuid()), 0);
	bench_tear_down(&bench);
}
END_TEST

static void
write_file(const char *path, const char *bytes)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	for (int i = 0; i < 2000; i++)
		fputs(bytes, file);
	fclose(file);
}

START_TEST(it_is_something_else)
{
	struct bench bench;

	bench_set_up(&bench);
	write_file(bench.path, "This is no database. ");
	bench_see_trouble(&bench,
	    "store.db is not an SQLite database: move it "
	    "away");
	ck_assert_int_eq(unlink(bench.path), 0);
	bench_see_recovery(&bench);
	bench_tear_down(&bench);
}
END_TEST

START_TEST(it_belongs_to_another_program)
{
	struct bench bench;

	bench_set_up(&bench);
	bench_change(&bench, "CREATE TABLE songs (title TEXT)");
	bench_see_trouble(&bench,
	    "store.db belongs to another program");
	ck_assert_int_eq(store_init(bench.store, true, world_deadline()),
	    STORE_NONE);
	bench_tear_down(&bench);
}
END_TEST

START_TEST(its_schema_is_newer)
{
	struct bench bench;

	bench_set_up(&bench);
	ck_assert_int_eq(store_init(bench.store, true, world_deadline()),
	    STORE_DONE);
	store_close(bench.store);
	bench_change(&bench, "INSERT INTO schema_version (version, "
	    "name, at, compatible_from) VALUES (99, 'x', 0, 99)");
	bench.store = store_of(&bench.world.config);
	bench_see_trouble(&bench,
	    "store.db has schema 99, which a program of schema 99 or newer");
	ck_assert_int_eq(store_init(bench.store, true, world_deadline()),
	    STORE_NONE);
	bench_change(&bench, "DELETE FROM schema_version WHERE version = 99");
	bench_see_recovery(&bench);
	bench_tear_down(&bench);
}
END_TEST

START_TEST(its_schema_is_older)
{
	struct bench bench;

	bench_set_up(&bench);
	bench.world.config.store.create = false;
	for (const struct schema_file *f = schema_files; f->store != NULL; f++)
		if (strcmp(f->store, "sqlite") == 0 && f->number == 1)
			bench_change(&bench, f->sql);
	bench_change(&bench, "CREATE TABLE schema_version (version INTEGER "
	    "PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL) STRICT;"
	    "INSERT INTO schema_version VALUES (1, '001-tables', 0);"
	    "INSERT INTO account (account, blocked_until) VALUES ('joe', "
	    "9223372036854775807); PRAGMA journal_mode = WAL");
	bench_see_trouble(&bench,
	    "store.db has schema 1 and this program needs");
	ck_assert_int_eq(store_init(bench.store, false, world_deadline()),
	    STORE_NONE);
	ck_assert_int_eq(store_init(bench.store, true, world_deadline()),
	    STORE_DONE);
	bench_see_recovery(&bench);
	/* What was there is there. */
	ck_assert_int_eq(bench_log_in(&bench, "joe", 1, STORE_DONE),
	    VERDICT_BLOCKED);
	bench_tear_down(&bench);
}
END_TEST

START_TEST(it_is_cut_short)
{
	struct bench bench;

	bench_set_up(&bench);
	for (unsigned i = 0; i < 200; i++) {
		char account[32];

		snprintf(account, sizeof(account), "account-number-%u", i);
		bench_log_in(&bench, account, 1, STORE_DONE);
	}
	store_close(bench.store);
	ck_assert_int_eq(truncate(bench.path, 3 * 4096), 0);
	bench.store = store_of(&bench.world.config);
	bench_see_trouble(&bench,
	    "store.db is damaged: move it away");
	ck_assert_int_eq(unlink(bench.path), 0);
	bench_see_recovery(&bench);
	bench_tear_down(&bench);
}
END_TEST

/* How often the log has the first page of the file, behind `from`; which is
 * where it ends then. The format: https://sqlite.org/fileformat2.html#walformat */
static unsigned
first_pages(const struct bench *bench, long *from)
{
	enum { HEAD = 32, FRAME = 24, PAGE = 4096 };
	unsigned char number[4];
	unsigned count = 0;
	char path[120];
	FILE *log;

	snprintf(path, sizeof(path), "%s-wal", bench->path);
	log = fopen(path, "r");
	ck_assert_ptr_nonnull(log);
	for (*from = *from == 0 ? HEAD : *from;
	     fseek(log, *from, SEEK_SET) == 0 &&
	     fread(number, sizeof(number), 1, log) == 1;
	     *from += FRAME + PAGE)
		count += number[0] == 0 && number[1] == 0 &&
		    number[2] == 0 && number[3] == 1;
	fclose(log);
	return count;
}

/* It is written with each login; the list of free pages, and with it the first
 * page of the file, would be if it went to others each time. */
START_TEST(a_long_row_stays_in_its_place)
{
	enum { NETWORKS = 200, TIMES = 100 };
	struct bench bench;
	struct settings *settings;
	unsigned moved;
	long at = 0;

	bench_set_up(&bench);
	settings = &bench.world.config.settings;
	settings->limits[MEASURE_NETWORKS] = UNLIMITED;
	for (int i = 0; i < RULE_COUNT; i++)
		settings->rules[i] = UNLIMITED;
	for (unsigned i = 0; i < NETWORKS; i++)
		ck_assert_int_eq(bench_log_in(&bench, "joe", i, STORE_DONE),
		    VERDICT_PASS);
	first_pages(&bench, &at);
	for (unsigned i = 0; i < TIMES; i++)
		ck_assert_int_eq(bench_log_in(&bench, "joe",
		    i * 7 % NETWORKS, STORE_DONE), VERDICT_PASS);
	moved = first_pages(&bench, &at);
	/* Each time that some of its places go it may be shorter. */
	ck_assert_uint_le(moved, TIMES / 3);
	bench_tear_down(&bench);
}
END_TEST

TCase *
tests_file(void)
{
	TCase *tcase = tcase_create("file");

	tcase_add_loop_test(tcase, is_made_with_its_permissions, 0, 3);
	tcase_add_test(tcase, is_made_for_the_servers_user);
	tcase_add_test(tcase, one_that_is_ready_stays_open);
	tcase_add_test(tcase, a_missing_one_is_not_made_unasked);
	tcase_add_test(tcase, an_empty_one_is_not_filled_unasked);
	tcase_add_test(tcase, its_directory_is_missing);
	tcase_add_test(tcase, it_may_not_be_written);
	tcase_add_test(tcase, it_is_something_else);
	tcase_add_test(tcase, it_belongs_to_another_program);
	tcase_add_test(tcase, its_schema_is_newer);
	tcase_add_test(tcase, its_schema_is_older);
	tcase_add_test(tcase, it_is_cut_short);
	tcase_add_test(tcase, a_long_row_stays_in_its_place);
	tcase_set_timeout(tcase, 120);
	return tcase;
}
