/*
 * test_unix_socket.c -- a Unix socket in the file system.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE
#include "sockets.h"

#include <sys/wait.h>

START_TEST(test_unix)
{
	struct listeners listeners;
	struct stat status;

	setup();
	umask(077); /* must not matter */
	listen_on(spec, NULL);
	ck_assert_int_eq(open_now(&listeners, NULL), 0);
	ck_assert_uint_eq(umask(022), 077);
	ck_assert_uint_eq(listeners.count, 1);
	ck_assert_str_eq(listeners.list[0].path, path);
	ck_assert(!listeners.list[0].is_adopted);
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert(S_ISSOCK(status.st_mode));
	ck_assert_uint_eq(status.st_mode & 07777, 0660);
	assert_serves(&listeners.list[0]);
	listen_close(&listeners, NULL);
	ck_assert_int_eq(access(path, F_OK), -1);
	teardown();
}
END_TEST

START_TEST(test_owner)
{
	struct listeners listeners;
	struct stat status;

	if (geteuid() != 0)
		return;
	setup();
	strcpy(user, "daemon");
	strcpy(group, "mail");
	config.socket.mode = 0606;
	listen_on(spec, NULL);
	ck_assert_int_eq(open_now(&listeners, NULL), 0);
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_uint_eq(status.st_uid, 1);
	ck_assert_uint_eq(status.st_gid, 8);
	ck_assert_uint_eq(status.st_mode & 07777, 0606);
	config.socket.mode = 0600;
	strcpy(group, "daemon");
	listen_restrict(&listeners, serving());
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_uint_eq(status.st_gid, 1);
	ck_assert_uint_eq(status.st_mode & 07777, 0600);
	listen_close(&listeners, NULL);
	teardown();
}
END_TEST

/* Without root the socket is made, as closed as its maker's rights allow. */
static int
open_as_nobody(void)
{
	struct listeners listeners;
	struct stat status;

	if (chmod(directory, 0777) != 0 || setgid(65534) != 0 ||
	    setuid(65534) != 0)
		return 1;
	strcpy(user, "root");
	strcpy(group, "root");
	listen_on(spec, NULL);
	if (open_now(&listeners, NULL) != 0)
		return 2;
	if (stat(path, &status) != 0 || status.st_uid != 65534 ||
	    (status.st_mode & 07777) != 0660)
		return 3;
	listen_close(&listeners, NULL);
	return access(path, F_OK) == 0 ? 4 : 0;
}

START_TEST(test_unprivileged)
{
	int status;
	pid_t pid;

	if (geteuid() != 0)
		return;
	setup();
	pid = fork();
	if (pid == 0)
		_exit(open_as_nobody());
	waitpid(pid, &status, 0);
	ck_assert_int_eq(status, 0);
	teardown();
}
END_TEST

START_TEST(test_longest_path)
{
	struct listeners listeners;
	char text[200];
	int length;

	setup();
	length = snprintf(text, sizeof(text), "unix:%s/", directory);
	memset(text + length, 'x', sizeof(text) - (size_t)length);
	text[5 + 107] = '\0';
	listen_on(text, NULL);
	ck_assert_int_eq(open_now(&listeners, NULL), 0);
	assert_serves(&listeners.list[0]);
	listen_close(&listeners, NULL);
	ck_assert_int_eq(access(text + 5, F_OK), -1);
	teardown();
}
END_TEST

START_TEST(test_unknown_owner)
{
	struct listeners listeners;

	if (geteuid() != 0)
		return;
	setup();
	listen_on(spec, NULL);
	strcpy(user, "no-such-user");
	ck_assert_int_eq(open_now(&listeners, NULL), -1);
	strcpy(user, "");
	strcpy(group, "no-such-group");
	ck_assert_int_eq(open_now(&listeners, NULL), -1);
	ck_assert_int_eq(access(path, F_OK), -1);
	teardown();
}
END_TEST

/* --- what is at the path ------------------------------------------------ */

/* Who is there, and who waits for it. */
static int there = -1, waiting = -1;

static void
nothing(void)
{
}

static void
stale(void)
{
	close(bind_unix(path, SOCK_STREAM, true));
}

static void
bound_but_silent(void)
{
	there = bind_unix(path, SOCK_STREAM, false);
}

static void
live(void)
{
	there = bind_unix(path, SOCK_STREAM, true);
}

static void
live_and_full(void)
{
	live();
	ck_assert_int_eq(listen(there, 0), 0);
	waiting = connect_unix(path);
	ck_assert_int_ge(waiting, 0);
}

static void
live_datagram(void)
{
	there = bind_unix(path, SOCK_DGRAM, false);
}

static void
file(void)
{
	close(open(path, O_CREAT | O_WRONLY, 0600));
}

static void
subdirectory(void)
{
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void
link_to_file(void)
{
	ck_assert_int_eq(symlink("/etc/hostname", path), 0);
}

static void
dangling_link(void)
{
	ck_assert_int_eq(symlink("/no/such/file", path), 0);
}

static const struct {
	const char *says;
	void (*happens)(void);
	int result;
} places[] = {
	{ "a free path is taken", nothing, 0 },
	{ "a stale socket is replaced", stale, 0 },
	{ "one that never listened too", bound_but_silent, 0 },
	{ "a live one is left alone", live, -1 },
	{ "also if its queue is full", live_and_full, -1 },
	{ "also if it is of another type", live_datagram, -1 },
	{ "a file is left alone", file, -1 },
	{ "a directory is left alone", subdirectory, -1 },
	{ "a link is not followed", link_to_file, -1 },
	{ "not even one to nowhere", dangling_link, -1 },
};

static void
check_place(size_t i)
{
	struct listeners listeners;
	struct stat before = { 0 }, after = { 0 };

	places[i].happens();
	lstat(path, &before);
	listen_on(spec, NULL);
	ck_assert_msg(
	    open_now(&listeners, NULL) == places[i].result, "%s",
	    places[i].says);
	if (places[i].result == 0) {
		assert_serves(&listeners.list[0]);
		listen_close(&listeners, NULL);
		return;
	}
	ck_assert_uint_eq(listeners.count, 0);
	ck_assert_int_eq(lstat(path, &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
}

START_TEST(test_place)
{
	for (size_t i = 0; i < ROWS(places); i++) {
		setup();
		check_place(i);
		teardown();
		close(there);
		close(waiting);
		there = waiting = -1;
	}
}
END_TEST

UNIT("server/unix_socket", test_unix, test_owner, test_unprivileged,
    test_longest_path, test_unknown_owner, test_place)
