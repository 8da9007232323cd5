/*
 * test_file.c -- what can happen to the SQLite file, and what is said of it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* syscall(2) */
#include "tests.h"

#include "base/clock.h"
#include "base/mem.h"
#include "policy/limits.h"
#include "world.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Long enough for a busy machine, short enough to wait for. */
enum { DEADLINE_MS = 600, NOBODY = 65534 };

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

/* A directory of the test's own, a store in it, and what is logged. */
struct bench {
	char directory[64];
	char path[80];
	char url[96];
	struct world world;	/* its configuration alone is used */
	struct store *store;
	char log[80];
};

static void
set_up(struct bench *bench)
{
	int fd;

	strcpy(bench->directory, "/tmp/policyd-file.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(bench->directory));
	snprintf(bench->path, sizeof(bench->path), "%s/store.db",
	    bench->directory);
	snprintf(bench->url, sizeof(bench->url), "sqlite:%s", bench->path);
	world_open(&bench->world, SIDE_SQLITE);
	clock_set_wall_ms(0);
	free(bench->world.config.store.url);
	bench->world.config.store.url = mem_dup(bench->url);
	bench->world.config.settings.networks = 1;
	bench->store = store_open(&bench->world.config, &limits_policy);
	snprintf(bench->log, sizeof(bench->log), "%s.log", bench->directory);
	fd = open(bench->log, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	ck_assert_int_eq(fchmod(fd, 0644), 0);
	ck_assert_int_ge(dup2(fd, STDERR_FILENO), 0);
	close(fd);
}

static void
tear_down(struct bench *bench)
{
	char command[200];

	store_close(bench->store);
	world_close(&bench->world);
	snprintf(command, sizeof(command), "rm -rf %s %s.log",
	    bench->directory, bench->directory);
	ck_assert_int_eq(system(command), 0);
}

/* A login of an account from network 192.0.2.N. */
static enum verdict
log_in(struct bench *bench, const char *account, unsigned n,
    enum store_result expected)
{
	struct check check = { .account = account, .instance = "",
		.settings = &bench->world.config.settings };
	char text[ADDR_TEXT_SIZE];

	snprintf(text, sizeof(text), "192.0.2.%u", n);
	ck_assert_int_eq(addr_parse(text, &check.login.network), 0);
	check.login.client = check.login.network;
	store_check(bench->store, &check, 1, clock_mono_ms() + DEADLINE_MS);
	ck_assert_int_eq(check.result, expected);
	return check.finding.verdict;
}

/* Log in until the store is back: it tries again by itself. */
static void
see_recovery(struct bench *bench)
{
	int64_t patience_ms = clock_mono_ms() + 40000;
	struct timespec pause = { .tv_nsec = 5000000 };
	struct check check = { .account = "joe", .instance = "",
		.settings = &bench->world.config.settings };

	ck_assert_int_eq(addr_parse("192.0.2.1", &check.login.network), 0);
	do {
		ck_assert_int_lt(clock_mono_ms(), patience_ms);
		nanosleep(&pause, NULL);
		store_tend(bench->store);
		store_check(bench->store, &check, 1,
		    clock_mono_ms() + DEADLINE_MS);
	} while (check.result != STORE_DONE);
}

/* How often a text is in the log. */
static unsigned
logged(const struct bench *bench, const char *text)
{
	FILE *file = fopen(bench->log, "r");
	char line[1024];
	unsigned count = 0;

	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file) != NULL)
		count += strstr(line, text) != NULL;
	fclose(file);
	return count;
}

/* In trouble: no answer, said once with its remedy, and fast from then on. */
static void
see_trouble(struct bench *bench, const char *said)
{
	int64_t began_ms;

	log_in(bench, "joe", 1, STORE_FAILED);
	if (logged(bench, said) != 1)
		ck_abort_msg("not logged once: %s", said);
	began_ms = clock_mono_ms();
	for (int i = 0; i < 20; i++)
		log_in(bench, "joe", 1, STORE_FAILED);
	ck_assert_int_lt(clock_mono_ms() - began_ms, 20 * DEADLINE_MS / 2);
	ck_assert_uint_eq(logged(bench, said), 1);
}

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

	set_up(&bench);
	umask(masks[_i]);
	log_in(&bench, "joe", 1, STORE_DONE);
	see_mode(bench.path, "", 0640);
	see_mode(bench.path, "-wal", 0640);
	see_mode(bench.path, "-shm", 0640);
	tear_down(&bench);
}
END_TEST

START_TEST(is_made_for_the_servers_user)
{
	static char user[] = "nobody";
	struct bench bench;
	struct stat status;

	if (geteuid() != 0)
		return;
	set_up(&bench);
	bench.world.config.server.user = user;
	ck_assert_int_eq(store_init(bench.store, true, world_deadline()),
	    STORE_DONE);
	ck_assert_int_eq(stat(bench.path, &status), 0);
	ck_assert_uint_eq(status.st_uid, NOBODY);
	ck_assert_int_eq(chown(bench.directory, NOBODY, NOBODY), 0);
	log_in(&bench, "joe", 1, STORE_DONE);
	/* What root opens after that, the server can use too. */
	store_close(bench.store);
	ck_assert_int_eq(seteuid(NOBODY), 0);
	bench.store = store_open(&bench.world.config, &limits_policy);
	log_in(&bench, "joe", 1, STORE_DONE);
	ck_assert_int_eq(seteuid(0), 0);
	tear_down(&bench);
}
END_TEST

START_TEST(a_missing_one_is_not_made_unasked)
{
	struct bench bench;

	set_up(&bench);
	bench.world.config.store.create = false;
	see_trouble(&bench, "store.db does not exist: run policyd "
			    "--init-store");
	ck_assert_int_eq(store_init(bench.store, false, world_deadline()),
	    STORE_NONE);
	ck_assert_int_ne(access(bench.path, F_OK), 0);
	ck_assert_int_eq(store_init(bench.store, true, world_deadline()),
	    STORE_DONE);
	see_recovery(&bench);
	ck_assert_uint_eq(logged(&bench, "store: back after"), 1);
	tear_down(&bench);
}
END_TEST

START_TEST(its_directory_is_missing)
{
	struct bench bench;
	char moved[80];

	set_up(&bench);
	snprintf(moved, sizeof(moved), "%s.moved", bench.directory);
	ck_assert_int_eq(rename(bench.directory, moved), 0);
	see_trouble(&bench, "store.db: its directory cannot be used (No such "
			    "file or directory): create it, owned by");
	ck_assert_int_eq(rename(moved, bench.directory), 0);
	see_recovery(&bench);
	tear_down(&bench);
}
END_TEST

START_TEST(it_may_not_be_written)
{
	struct bench bench;

	set_up(&bench);
	log_in(&bench, "joe", 1, STORE_DONE);
	store_close(bench.store);
	ck_assert_int_eq(chown(bench.directory, NOBODY, NOBODY), 0);
	ck_assert_int_eq(chown(bench.path, NOBODY, NOBODY), 0);
	ck_assert_int_eq(chmod(bench.path, 0440), 0);
	bench.store = store_open(&bench.world.config, &limits_policy);
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(NOBODY), 0);
	see_trouble(&bench, "store.db cannot be read and written (Permission "
			    "denied): give it to ");
	ck_assert_int_eq(chmod(bench.path, 0640), 0);
	see_recovery(&bench);
	store_close(bench.store);
	ck_assert_int_eq(chmod(bench.directory, 0500), 0);
	bench.store = store_open(&bench.world.config, &limits_policy);
	see_trouble(&bench, "store.db: its directory cannot be written to "
			    "(Permission denied): give it to ");
	ck_assert_int_eq(chmod(bench.directory, 0700), 0);
	see_recovery(&bench);
	ck_assert_int_eq(seteuid(getuid()), 0);
	tear_down(&bench);
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

	set_up(&bench);
	write_file(bench.path, "This is no database. ");
	see_trouble(&bench, "store.db is not an SQLite database: move it "
			    "away");
	ck_assert_int_eq(unlink(bench.path), 0);
	see_recovery(&bench);
	tear_down(&bench);
}
END_TEST

/* Run SQL on the file while nobody has it open. */
static void
change(const struct bench *bench, const char *sql)
{
	sqlite3 *handle;

	ck_assert_int_eq(sqlite3_open(bench->path, &handle), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(handle, sql, NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(handle);
}

START_TEST(it_belongs_to_another_program)
{
	struct bench bench;

	set_up(&bench);
	change(&bench, "CREATE TABLE songs (title TEXT)");
	see_trouble(&bench, "store.db belongs to another program");
	ck_assert_int_eq(store_init(bench.store, true, world_deadline()),
	    STORE_NONE);
	tear_down(&bench);
}
END_TEST

START_TEST(its_schema_is_newer)
{
	struct bench bench;

	set_up(&bench);
	ck_assert_int_eq(store_init(bench.store, true, world_deadline()),
	    STORE_DONE);
	change(&bench, "INSERT INTO schema_version VALUES (99, 'x', 0)");
	see_trouble(&bench, "store.db has schema 99 and this program needs");
	ck_assert_int_eq(store_init(bench.store, true, world_deadline()),
	    STORE_NONE);
	change(&bench, "DELETE FROM schema_version WHERE version = 99");
	see_recovery(&bench);
	tear_down(&bench);
}
END_TEST

START_TEST(it_is_cut_short)
{
	struct bench bench;

	set_up(&bench);
	for (unsigned i = 0; i < 200; i++) {
		char account[32];

		snprintf(account, sizeof(account), "account-number-%u", i);
		log_in(&bench, account, 1, STORE_DONE);
	}
	store_close(bench.store);
	ck_assert_int_eq(truncate(bench.path, 3 * 4096), 0);
	bench.store = store_open(&bench.world.config, &limits_policy);
	see_trouble(&bench, "store.db is damaged: move it away");
	ck_assert_int_eq(unlink(bench.path), 0);
	see_recovery(&bench);
	tear_down(&bench);
}
END_TEST

START_TEST(it_is_removed_while_it_is_open)
{
	struct bench bench;

	set_up(&bench);
	log_in(&bench, "joe", 1, STORE_DONE);
	ck_assert_int_eq(log_in(&bench, "joe", 2, STORE_DONE),
	    VERDICT_BLOCKED);
	ck_assert_int_eq(unlink(bench.path), 0);
	ck_assert_int_eq(log_in(&bench, "joe", 2, STORE_DONE), VERDICT_PASS);
	ck_assert_uint_eq(logged(&bench, "was removed or replaced"), 1);
	ck_assert_int_eq(access(bench.path, F_OK), 0);
	/* All of it is in the new file. */
	store_close(bench.store);
	bench.store = store_open(&bench.world.config, &limits_policy);
	ck_assert_int_eq(log_in(&bench, "joe", 3, STORE_DONE),
	    VERDICT_BLOCKED);
	tear_down(&bench);
}
END_TEST

START_TEST(it_is_replaced_while_it_is_open)
{
	struct bench bench;
	char backup[100], sql[140];
	struct store *other;

	set_up(&bench);
	other = store_open(&bench.world.config, &limits_policy);
	log_in(&bench, "joe", 1, STORE_DONE);
	snprintf(backup, sizeof(backup), "%s/backup", bench.directory);
	snprintf(sql, sizeof(sql), "VACUUM INTO '%s'", backup);
	change(&bench, sql);
	ck_assert_int_eq(log_in(&bench, "joe", 2, STORE_DONE),
	    VERDICT_BLOCKED);
	ck_assert_int_eq(store_unblock(other, "joe", world_deadline()),
	    STORE_DONE);
	ck_assert_int_eq(rename(backup, bench.path), 0);
	/* As the backup has it: one login, no block; both stores see that. */
	ck_assert_int_eq(log_in(&bench, "joe", 1, STORE_DONE), VERDICT_PASS);
	ck_assert_int_eq(log_in(&bench, "joe", 2, STORE_DONE),
	    VERDICT_BLOCKED);
	ck_assert_int_eq(store_unblock(other, "joe", world_deadline()),
	    STORE_DONE);
	ck_assert_int_eq(log_in(&bench, "joe", 2, STORE_DONE), VERDICT_PASS);
	store_close(other);
	tear_down(&bench);
}
END_TEST

START_TEST(it_is_locked_for_longer_than_the_deadline)
{
	struct bench bench;
	sqlite3 *holder;
	int64_t began_ms;

	set_up(&bench);
	log_in(&bench, "joe", 1, STORE_DONE);
	ck_assert_int_eq(sqlite3_open(bench.path, &holder), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(holder, "BEGIN IMMEDIATE", NULL, NULL,
	    NULL), SQLITE_OK);
	began_ms = clock_mono_ms();
	see_trouble(&bench, "store.db is locked by another program");
	ck_assert_int_ge(clock_mono_ms() - began_ms, DEADLINE_MS - 1);
	ck_assert_int_eq(sqlite3_exec(holder, "ROLLBACK", NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(holder);
	see_recovery(&bench);
	ck_assert_uint_eq(logged(&bench, "store: back after"), 1);
	tear_down(&bench);
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

	set_up(&bench);
	signal(SIGXFSZ, SIG_IGN);
	log_in(&bench, "joe", 1, STORE_DONE);
	ck_assert_int_eq(log_in(&bench, "joe", 2, STORE_DONE),
	    VERDICT_BLOCKED);
	snprintf(wal, sizeof(wal), "%s-wal", bench.path);
	ck_assert_int_eq(stat(wal, &status), 0);
	limit_files((rlim_t)status.st_size);
	log_in(&bench, "ann", 1, STORE_FAILED);
	log_in(&bench, "ann", 1, STORE_FAILED);
	limit_files(0);
	see_recovery(&bench);
	ck_assert_uint_eq(logged(&bench, "store.db: disk I/O error"), 1);
	ck_assert_int_eq(log_in(&bench, "joe", 1, STORE_DONE),
	    VERDICT_BLOCKED);
	tear_down(&bench);
}
END_TEST

START_TEST(blocks_are_synced_and_logins_are_not)
{
	struct bench bench;
	unsigned before;

	set_up(&bench);
	log_in(&bench, "joe", 1, STORE_DONE);
	before = syncs;
	for (unsigned i = 0; i < 50; i++)
		log_in(&bench, "ann", 1, STORE_DONE);
	ck_assert_uint_eq(syncs, before);
	ck_assert_int_eq(log_in(&bench, "joe", 2, STORE_DONE),
	    VERDICT_BLOCKED);
	ck_assert_uint_gt(syncs, before);
	before = syncs;
	log_in(&bench, "joe", 2, STORE_DONE);
	ck_assert_uint_eq(syncs, before);
	ck_assert_int_eq(store_unblock(bench.store, "joe", world_deadline()),
	    STORE_DONE);
	ck_assert_uint_gt(syncs, before);
	before = syncs;
	ck_assert_int_eq(store_block(bench.store, "joe", 1, "",
	    world_deadline()), STORE_DONE);
	ck_assert_uint_gt(syncs, before);
	tear_down(&bench);
}
END_TEST

START_TEST(its_log_does_not_grow_for_ever)
{
	struct bench bench;
	struct stat status;
	char wal[100];
	uint64_t ended;

	set_up(&bench);
	for (unsigned i = 0; i < 12000; i++) {
		char account[32];

		/* A worker tends between its rounds. */
		snprintf(account, sizeof(account), "user%u", i);
		log_in(&bench, account, 1, STORE_DONE);
		store_tend(bench.store);
	}
	snprintf(wal, sizeof(wal), "%s-wal", bench.path);
	ck_assert_int_eq(stat(wal, &status), 0);
	ck_assert_int_gt(status.st_size, 1 << 20);
	ck_assert_int_lt(status.st_size, 20 << 20);
	/* The housekeeper carries over what is left. */
	ck_assert_int_eq(store_expire(bench.store, &ended, world_deadline()),
	    STORE_DONE);
	ck_assert_int_eq(stat(bench.path, &status), 0);
	ck_assert_int_gt(status.st_size, 1 << 20);
	tear_down(&bench);
}
END_TEST

TCase *
tests_file(void)
{
	TCase *tcase = tcase_create("file");

	tcase_add_loop_test(tcase, is_made_with_its_permissions, 0, 3);
	tcase_add_test(tcase, is_made_for_the_servers_user);
	tcase_add_test(tcase, a_missing_one_is_not_made_unasked);
	tcase_add_test(tcase, its_directory_is_missing);
	tcase_add_test(tcase, it_may_not_be_written);
	tcase_add_test(tcase, it_is_something_else);
	tcase_add_test(tcase, it_belongs_to_another_program);
	tcase_add_test(tcase, its_schema_is_newer);
	tcase_add_test(tcase, it_is_cut_short);
	tcase_add_test(tcase, it_is_removed_while_it_is_open);
	tcase_add_test(tcase, it_is_replaced_while_it_is_open);
	tcase_add_test(tcase, it_is_locked_for_longer_than_the_deadline);
	tcase_add_test(tcase, there_is_no_room);
	tcase_add_test(tcase, blocks_are_synced_and_logins_are_not);
	tcase_add_test(tcase, its_log_does_not_grow_for_ever);
	tcase_set_timeout(tcase, 120);
	return tcase;
}
