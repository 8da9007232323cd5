/*
 * test_file_replace.c -- a file is written as a whole, or the old one stays.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/file_replace.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/policyd-replace.XXXXXX";
static char path[64], beside[64];

static void
setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/file", folder);
	snprintf(beside, sizeof(beside), "%s/file.new", folder);
}

static const char *
read_all(char text[64])
{
	FILE *file = fopen(path, "r");

	ck_assert_ptr_nonnull(file);
	text[fread(text, 1, 63, file)] = '\0';
	fclose(file);
	return text;
}

START_TEST(the_new_takes_the_place_of_the_old)
{
	struct replacement new;
	struct stat found;
	char text[64];

	setup();
	ck_assert_int_eq(replace_begin(&new, path, 0600), 0);
	fputs("old", new.file);
	ck_assert_int_eq(replace_end(&new, true), 0);
	umask(0077);
	ck_assert_int_eq(replace_begin(&new, path, 0644), 0);
	fputs("new", new.file);
	fflush(new.file);
	ck_assert_str_eq(read_all(text), "old");
	ck_assert_int_eq(replace_end(&new, false), 0);
	ck_assert_str_eq(read_all(text), "new");
	ck_assert_int_eq(stat(path, &found), 0);
	ck_assert_uint_eq(found.st_mode & 0777, 0644);
	ck_assert_int_ne(access(beside, F_OK), 0);
	unlink(path);
	rmdir(folder);
}
END_TEST

START_TEST(links_are_not_followed)
{
	struct replacement new;
	char text[64];

	setup();
	ck_assert_int_eq(replace_begin(&new, path, 0600), 0);
	fputs("old", new.file);
	ck_assert_int_eq(replace_end(&new, false), 0);
	ck_assert_int_eq(symlink(path, beside), 0);
	ck_assert_int_eq(replace_begin(&new, path, 0600), -1);
	ck_assert_int_eq(errno, ELOOP);
	ck_assert_str_eq(read_all(text), "old");
	unlink(beside);
	unlink(path);
	rmdir(folder);
}
END_TEST

UNIT("base/file_replace", the_new_takes_the_place_of_the_old,
    links_are_not_followed)
