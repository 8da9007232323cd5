/*
 * test_blocked_file.c -- who was blocked is known again after a restart.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE
#include "base/clock.h"
#include "store/blocked_file.h"
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define URL "postgresql://u:secret@h/db"

static char folder[] = "/tmp/policyd-blocked.XXXXXX";
static char path[64];

static void
setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/blocked", folder);
}

static void
clear(void)
{
	char new[80];

	snprintf(new, sizeof(new), "%s.new", path);
	ck_assert_int_ne(access(new, F_OK), 0);
	unlink(path);
	ck_assert_int_eq(rmdir(folder), 0);
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
}

/* Write a table that has these accounts. */
static void
write_two(void)
{
	struct blocked *blocked = blocked_open();

	blocked_add(blocked, "joe", 0);
	blocked_add(blocked, "ann", clock_wall_ms() + 60000);
	blocked_add(blocked, "tim", clock_wall_ms() - 1);
	blocked_add(blocked, "max", 0);
	blocked_remove(blocked, "max");
	ck_assert_int_eq(blocked_file_write(blocked, path, URL), 0);
	blocked_close(blocked);
}

START_TEST(over_a_restart)
{
	struct blocked *blocked = blocked_open();
	struct stat status;

	setup();
	write_two();
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_uint_eq(status.st_mode & 0777, 0600);
	ck_assert_int_eq(blocked_file_read(blocked, path, URL), 0);
	ck_assert(blocked_has(blocked, "joe"));
	ck_assert(blocked_has(blocked, "ann"));
	ck_assert(!blocked_has(blocked, "tim"));
	ck_assert(!blocked_has(blocked, "max"));
	/* What the store says then counts alone. */
	blocked_begin(blocked);
	blocked_add(blocked, "ann", 0);
	blocked_end(blocked);
	ck_assert(!blocked_has(blocked, "joe"));
	ck_assert(blocked_has(blocked, "ann"));
	blocked_close(blocked);
	clear();
}
END_TEST

START_TEST(no_names_and_no_passwords)
{
	char bytes[1000] = "";
	FILE *file;

	setup();
	write_two();
	file = fopen(path, "r");
	ck_assert_uint_gt(fread(bytes, 1, sizeof(bytes) - 1, file), 50);
	fclose(file);
	ck_assert_ptr_null(strstr(bytes, "joe"));
	ck_assert_ptr_null(strstr(bytes, "secret"));
	clear();
}
END_TEST

START_TEST(of_another_store)
{
	struct blocked *blocked = blocked_open();

	setup();
	ck_assert_int_eq(blocked_file_read(blocked, path, URL), 0);
	write_two();
	ck_assert_int_eq(
	    blocked_file_read(blocked, path, "sqlite:/other"), 0);
	ck_assert(!blocked_has(blocked, "joe"));
	blocked_close(blocked);
	clear();
}
END_TEST

/* Half a file, as of another program or a broken disk, is none. */
START_TEST(what_is_damaged_is_not_believed)
{
	static const char *const others[] = { "", "\n", "policyd blocked 2\n",
		"policyd blocked 1 1 2\nzz\nend 1\n",
		"policyd blocked 1 1 2\nend 1\n" };
	struct blocked *blocked = blocked_open();
	char bytes[1000];
	size_t length;
	FILE *file;

	setup();
	write_two();
	file = fopen(path, "r");
	length = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	for (size_t size = 0; size < length - 1; size++) {
		file = fopen(path, "w");
		fwrite(bytes, 1, size, file);
		fclose(file);
		ck_assert_int_eq(blocked_file_read(blocked, path, URL), -1);
		ck_assert(!blocked_has(blocked, "joe"));
	}
	for (size_t i = 0; i < ROWS(others); i++) {
		file = fopen(path, "w");
		fputs(others[i], file);
		fclose(file);
		ck_assert_int_eq(blocked_file_read(blocked, path, URL), -1);
	}
	blocked_close(blocked);
	clear();
}
END_TEST

/* The disk is full: the old file stays, nothing else does. */
START_TEST(no_room_to_write)
{
	struct blocked *blocked = blocked_open();
	struct rlimit none = { 10, RLIM_INFINITY };

	setup();
	write_two();
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
	ck_assert_int_eq(blocked_file_write(blocked, path, URL), -1);
	ck_assert_int_eq(errno, EFBIG);
	none.rlim_cur = RLIM_INFINITY;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
	ck_assert_int_eq(blocked_file_read(blocked, path, URL), 0);
	ck_assert(blocked_has(blocked, "joe"));
	ck_assert_int_eq(
	    blocked_file_write(blocked, "/no/such/folder/x", URL), -1);
	ck_assert_int_eq(errno, ENOENT);
	blocked_close(blocked);
	clear();
}
END_TEST

START_TEST(a_full_table)
{
	struct blocked *first = blocked_open(), *second = blocked_open();
	size_t known = 0;
	char name[32];

	setup();
	for (int i = 0; i < 2 * BLOCKED_MAX; i++) {
		snprintf(name, sizeof(name), "a%d", i);
		blocked_add(first, name, 0);
	}
	ck_assert_int_eq(blocked_file_write(first, path, URL), 0);
	ck_assert_int_eq(blocked_file_read(second, path, URL), 0);
	for (int i = 0; i < 2 * BLOCKED_MAX; i++) {
		snprintf(name, sizeof(name), "a%d", i);
		ck_assert(blocked_has(first, name) ==
		    blocked_has(second, name));
		known += blocked_has(second, name);
	}
	ck_assert_uint_gt(known, BLOCKED_MAX / 2);
	blocked_close(first);
	blocked_close(second);
	clear();
}
END_TEST

START_TEST(changes_are_told)
{
	struct blocked *blocked = blocked_open();
	uint32_t before = blocked_changes(blocked);

	blocked_add(blocked, "joe", 5);
	ck_assert_uint_ne(blocked_changes(blocked), before);
	before = blocked_changes(blocked);
	blocked_add(blocked, "joe", 5);
	blocked_remove(blocked, "ann");
	blocked_begin(blocked);
	blocked_add(blocked, "joe", 5);
	blocked_end(blocked);
	ck_assert_uint_eq(blocked_changes(blocked), before);
	blocked_add(blocked, "joe", 6);
	ck_assert_uint_ne(blocked_changes(blocked), before);
	before = blocked_changes(blocked);
	blocked_begin(blocked);
	blocked_end(blocked);
	ck_assert_uint_ne(blocked_changes(blocked), before);
	blocked_close(blocked);
}
END_TEST

UNIT("store/blocked_file", over_a_restart, no_names_and_no_passwords,
    of_another_store, what_is_damaged_is_not_believed, no_room_to_write,
    a_full_table, changes_are_told)
