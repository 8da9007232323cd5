/*
 * test_pidfile.c -- a file that says which process is the server.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/pidfile.h"
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char directory[] = "/tmp/policyd-pidfile-XXXXXX";
static char path[64], other[64];

static void
setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/pid", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
}

static void
teardown(void)
{
	unlink(path);
	unlink(other);
	rmdir(directory);
	strcpy(directory + strlen(directory) - 6, "XXXXXX");
}

static void
write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void
assert_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "r");
	char bytes[64] = "";
	size_t length;

	ck_assert_ptr_nonnull(file);
	length = fread(bytes, 1, sizeof(bytes) - 1, file);
	bytes[length] = '\0';
	ck_assert_str_eq(bytes, text);
	fclose(file);
}

static void
assert_ours(void)
{
	char text[32];

	snprintf(text, sizeof(text), "%d\n", (int)getpid());
	assert_file(path, text);
}

START_TEST(test_written_and_removed)
{
	struct pidfile pidfile;

	setup();
	ck_assert_int_eq(pidfile_open(&pidfile, path), 0);
	assert_ours();
	pidfile_close(&pidfile);
	ck_assert_int_ne(access(path, F_OK), 0);
	pidfile_close(&pidfile); /* once more does no harm */
	teardown();
}
END_TEST

START_TEST(test_none_wanted)
{
	struct pidfile pidfile;

	setup();
	ck_assert_int_eq(pidfile_open(&pidfile, ""), 0);
	ck_assert_int_eq(pidfile.fd, -1);
	pidfile_close(&pidfile);
	teardown();
}
END_TEST

START_TEST(test_stale_one_is_taken)
{
	struct pidfile pidfile;

	setup();
	/* Longer than ours, and the number of a process that lives. */
	write_file(path, "1 and what somebody wrote behind it\n");
	ck_assert_int_eq(pidfile_open(&pidfile, path), 0);
	assert_ours();
	pidfile_close(&pidfile);
	teardown();
}
END_TEST

START_TEST(test_held_one_is_refused)
{
	struct pidfile pidfile, second;
	int status;
	pid_t pid;

	setup();
	ck_assert_int_eq(pidfile_open(&pidfile, path), 0);
	pid = fork();
	if (pid == 0)
		_exit(pidfile_open(&second, path) == -1 ? 0 : 1);
	waitpid(pid, &status, 0);
	ck_assert_int_eq(status, 0);
	assert_ours();
	pidfile_close(&pidfile);
	teardown();
}
END_TEST

START_TEST(test_killed_holder_leaves_it_free)
{
	struct pidfile pidfile;
	pid_t pid;

	setup();
	pid = fork();
	if (pid == 0)
		_exit(pidfile_open(&pidfile, path) == 0 ? 0 : 1);
	waitpid(pid, NULL, 0);
	ck_assert_int_eq(access(path, F_OK), 0);
	ck_assert_int_eq(pidfile_open(&pidfile, path), 0);
	assert_ours();
	pidfile_close(&pidfile);
	teardown();
}
END_TEST

START_TEST(test_file_of_another_stays)
{
	struct pidfile pidfile;

	setup();
	ck_assert_int_eq(pidfile_open(&pidfile, path), 0);
	write_file(other, "4711\n");
	ck_assert_int_eq(rename(other, path), 0);
	pidfile_close(&pidfile);
	assert_file(path, "4711\n");
	teardown();
}
END_TEST

START_TEST(test_directory_of_root)
{
	struct pidfile pidfile;
	int status;
	pid_t pid;

	if (geteuid() != 0)
		return;
	setup();
	ck_assert_int_eq(chmod(directory, 0755), 0);
	pid = fork();
	if (pid == 0) {
		if (pidfile_open(&pidfile, path) != 0 || setuid(65534) != 0)
			_exit(1);
		pidfile_close(&pidfile);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	ck_assert_int_eq(status, 0);
	assert_file(path, "");
	teardown();
}
END_TEST

static void
make_link(void)
{
	write_file(other, "precious");
	ck_assert_int_eq(symlink(other, path), 0);
}

static void
make_hard_link(void)
{
	write_file(other, "precious");
	ck_assert_int_eq(link(other, path), 0);
}

static void
make_fifo(void)
{
	write_file(other, "precious");
	ck_assert_int_eq(mkfifo(path, 0600), 0);
}

static const struct {
	const char *says;
	void (*happens)(void);
} traps[] = {
	{ "a symbolic link is not followed", make_link },
	{ "a hard link is not written to", make_hard_link },
	{ "a fifo is refused, not waited on", make_fifo },
};

static void
check_trap(size_t i)
{
	struct pidfile pidfile;

	traps[i].happens();
	ck_assert_msg(pidfile_open(&pidfile, path) == -1, "%s",
	    traps[i].says);
	ck_assert_int_eq(pidfile.fd, -1);
	assert_file(other, "precious");
}

START_TEST(test_trap)
{
	for (size_t i = 0; i < ROWS(traps); i++) {
		setup();
		check_trap(i);
		teardown();
	}
}
END_TEST

START_TEST(test_no_directory)
{
	struct pidfile pidfile;

	setup();
	strcat(path, "/no/such");
	ck_assert_int_eq(pidfile_open(&pidfile, path), -1);
	teardown();
}
END_TEST

UNIT("server/pidfile", test_written_and_removed, test_none_wanted,
    test_stale_one_is_taken, test_held_one_is_refused,
    test_killed_holder_leaves_it_free, test_file_of_another_stays,
    test_directory_of_root, test_trap, test_no_directory)
