/*
 * test_listen.c -- the sockets that clients come to.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE
#include "server/listen.h"

#include "server/endpoint.h"
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* As ck_assert, also where check has no say: in a child of the test. */
#define EXPECT(claim)                                                          \
	do {                                                                   \
		if (!(claim)) {                                                \
			fprintf(stderr, "test_listen.c:%d: not true: %s\n",    \
			    __LINE__, #claim);                                 \
			_exit(1);                                              \
		}                                                              \
	} while (0)

static char directory[] = "/tmp/policyd-listen-XXXXXX";
static char path[64], spec[80], user[32], group[32];
static char *specs[8];
static struct config config;

static void
setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(chmod(directory, 0755), 0);
	snprintf(path, sizeof(path), "%s/socket", directory);
	snprintf(spec, sizeof(spec), "unix:%s", path);
	memset(&config, 0, sizeof(config));
	config.socket.mode = 0660;
	user[0] = group[0] = '\0';
	config.socket.user = user;
	config.socket.group = group;
	config.listen.list = specs;
}

static void
teardown(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", directory);
	ck_assert_int_eq(system(command), 0);
	strcpy(directory + strlen(directory) - 6, "XXXXXX");
}

/* Configure up to two addresses. */
static void
listen_on(const char *first, const char *second)
{
	static char texts[2][200];

	snprintf(texts[0], sizeof(texts[0]), "%s", first);
	snprintf(texts[1], sizeof(texts[1]), "%s",
	    second == NULL ? "" : second);
	specs[0] = texts[0];
	specs[1] = texts[1];
	config.listen.count = second == NULL ? 1 : 2;
}

static int
connect_unix(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, name);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Connect to what a listener is bound to. */
static int
connect_to(const struct listener *listener)
{
	struct endpoint bound;
	int fd;

	EXPECT(endpoint_of(listener->fd, &bound) == 0);
	fd = socket(bound.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, (struct sockaddr *)&bound.address, bound.size) == 0)
		return fd;
	close(fd);
	return -1;
}

static void
assert_serves(const struct listener *listener)
{
	int client = connect_to(listener);
	int server;

	EXPECT(client >= 0);
	server = accept(listener->fd, NULL, NULL);
	EXPECT(server >= 0);
	close(server);
	close(client);
	/* Non-blocking: nobody waits in accept for a client that left. */
	EXPECT(accept(listener->fd, NULL, NULL) == -1);
	EXPECT(errno == EAGAIN);
	EXPECT(fcntl(listener->fd, F_GETFD) == FD_CLOEXEC);
}

static int
bind_unix(const char *name, int type, bool listens)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, name);
	EXPECT(bind(fd, (struct sockaddr *)&address,
		sizeof(address)) == 0);
	if (listens)
		EXPECT(listen(fd, 5) == 0);
	return fd;
}

/* --- opening ---------------------------------------------------------------- */

static const struct {
	const char *says, *spec;
	size_t sockets;
} inets[] = {
	{ "IPv4, a free port", "inet:127.0.0.1:0", 1 },
	{ "IPv6, a free port", "inet:[::1]:0", 1 },
	{ "any IPv6", "inet:[::]:0", 1 },
	{ "any IPv4", "inet:0.0.0.0:0", 1 },
	{ "any of both", "inet:*:0", 2 },
};

static void
check_inet(size_t i)
{
	struct listeners listeners;

	listen_on(inets[i].spec, NULL);
	ck_assert_msg(listen_open(&listeners, &config, NULL) == 0, "%s",
	    inets[i].says);
	ck_assert_uint_eq(listeners.count, inets[i].sockets);
	for (size_t n = 0; n < listeners.count; n++) {
		ck_assert_str_eq(listeners.list[n].spec, inets[i].spec);
		ck_assert_ptr_null(listeners.list[n].path);
		assert_serves(&listeners.list[n]);
	}
	listen_close(&listeners, NULL);
	ck_assert_uint_eq(listeners.count, 0);
}

START_TEST(test_inet)
{
	for (size_t i = 0; i < ROWS(inets); i++) {
		setup();
		check_inet(i);
		teardown();
	}
}
END_TEST

/* Both can have one port, since an IPv6 socket takes IPv6 alone. */
START_TEST(test_v6only)
{
	struct listeners first, second;
	struct endpoint bound;
	char text[32];

	setup();
	listen_on("inet:[::]:0", NULL);
	ck_assert_int_eq(listen_open(&first, &config, NULL), 0);
	endpoint_of(first.list[0].fd, &bound);
	snprintf(text, sizeof(text), "inet:0.0.0.0:%u", endpoint_port(&bound));
	listen_on(text, NULL);
	ck_assert_int_eq(listen_open(&second, &config, NULL), 0);
	assert_serves(&second.list[0]);
	listen_close(&first, NULL);
	listen_close(&second, NULL);
	teardown();
}
END_TEST

START_TEST(test_unix)
{
	struct listeners listeners;
	struct stat status;

	setup();
	umask(077); /* must not matter */
	listen_on(spec, NULL);
	ck_assert_int_eq(listen_open(&listeners, &config, NULL), 0);
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
	ck_assert_int_eq(listen_open(&listeners, &config, NULL), 0);
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_uint_eq(status.st_uid, 1);
	ck_assert_uint_eq(status.st_gid, 8);
	ck_assert_uint_eq(status.st_mode & 07777, 0606);
	config.socket.mode = 0600;
	strcpy(group, "daemon");
	listen_restrict(&listeners, &config);
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
	if (listen_open(&listeners, &config, NULL) != 0)
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

/* --- what is at the path ---------------------------------------------------- */

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
	bind_unix(path, SOCK_STREAM, false);
}

static void
live(void)
{
	bind_unix(path, SOCK_STREAM, true);
}

static void
live_and_full(void)
{
	int fd = bind_unix(path, SOCK_STREAM, true);

	ck_assert_int_eq(listen(fd, 0), 0);
	ck_assert_int_ge(connect_unix(path), 0);
}

static void
live_datagram(void)
{
	bind_unix(path, SOCK_DGRAM, false);
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
	ck_assert_msg(listen_open(&listeners, &config, NULL) ==
		places[i].result, "%s", places[i].says);
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
	}
}
END_TEST

/* --- what is refused -------------------------------------------------------- */

static const struct {
	const char *says, *first, *second;
} bad[] = {
	{ "no kind", "/run/policyd", NULL },
	{ "an unknown kind", "tcp:127.0.0.1:0", NULL },
	{ "no path", "unix:", NULL },
	{ "a relative path", "unix:policy", NULL },
	{ "no directory", "unix:/no/such/directory/policy", NULL },
	{ "a file for a directory", "unix:/etc/hostname/policy", NULL },
	{ "a path of 108 bytes", "unix:/tmp/4567890123456789012345678901234567"
	    "8901234567890123456789012345678901234567890123456789012345678901"
	    "23456", NULL },
	{ "no port", "inet:127.0.0.1", NULL },
	{ "an empty port", "inet:127.0.0.1:", NULL },
	{ "no number", "inet:127.0.0.1:smtp", NULL },
	{ "a port too high", "inet:127.0.0.1:65536", NULL },
	{ "no host", "inet::4646", NULL },
	{ "IPv6 without brackets", "inet:::1:4646", NULL },
	{ "an open bracket", "inet:[::1:4646", NULL },
	{ "nothing in brackets", "inet:[]:4646", NULL },
	{ "no such address", "inet:300.1.1.1:4646", NULL },
	{ "an address of others", "inet:192.0.2.1:0", NULL },
	{ "the same twice", "inet:127.0.0.1:0", "inet:127.0.0.1:0" },
	{ "a good one and a bad one", "inet:127.0.0.1:0", "inet:nowhere" },
};

static void
check_bad(size_t i)
{
	struct listeners listeners;

	listen_on(bad[i].first, bad[i].second);
	ck_assert_msg(listen_open(&listeners, &config, NULL) == -1, "%s",
	    bad[i].says);
	ck_assert_uint_eq(listeners.count, 0);
}

START_TEST(test_bad)
{
	for (size_t i = 0; i < ROWS(bad); i++) {
		setup();
		check_bad(i);
		teardown();
	}
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
	ck_assert_int_eq(listen_open(&listeners, &config, NULL), 0);
	assert_serves(&listeners.list[0]);
	listen_close(&listeners, NULL);
	ck_assert_int_eq(access(text + 5, F_OK), -1);
	teardown();
}
END_TEST

START_TEST(test_port_in_use)
{
	struct listeners first, second;
	struct endpoint bound;
	char text[ENDPOINT_TEXT_SIZE];

	setup();
	listen_on("inet:127.0.0.1:0", NULL);
	ck_assert_int_eq(listen_open(&first, &config, NULL), 0);
	endpoint_of(first.list[0].fd, &bound);
	listen_on(endpoint_format(&bound, text), NULL);
	ck_assert_int_eq(listen_open(&second, &config, NULL), -1);
	listen_close(&first, NULL);
	/* Free again at once, whatever its connections wait for. */
	ck_assert_int_eq(listen_open(&second, &config, NULL), 0);
	listen_close(&second, NULL);
	teardown();
}
END_TEST

START_TEST(test_failure_leaves_nothing)
{
	struct listeners listeners;

	setup();
	listen_on(spec, "inet:nowhere");
	ck_assert_int_eq(listen_open(&listeners, &config, NULL), -1);
	ck_assert_int_eq(access(path, F_OK), -1);
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
	ck_assert_int_eq(listen_open(&listeners, &config, NULL), -1);
	strcpy(user, "");
	strcpy(group, "no-such-group");
	ck_assert_int_eq(listen_open(&listeners, &config, NULL), -1);
	ck_assert_int_eq(access(path, F_OK), -1);
	teardown();
}
END_TEST

/* --- from one generation to the next ---------------------------------------- */

START_TEST(test_taken_over)
{
	struct listeners old, new;
	int client;

	setup();
	listen_on(spec, "inet:127.0.0.1:0");
	ck_assert_int_eq(listen_open(&old, &config, NULL), 0);
	client = connect_to(&old.list[0]); /* waits in the queue meanwhile */
	ck_assert_int_eq(listen_open(&new, &config, &old), 0);
	ck_assert_uint_eq(new.count, 2);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(new.list[i].fd, old.list[i].fd);
		ck_assert_str_eq(new.list[i].spec, old.list[i].spec);
	}
	listen_close(&old, &new);
	ck_assert_int_eq(access(path, F_OK), 0);
	close(accept(new.list[0].fd, NULL, NULL));
	close(client);
	assert_serves(&new.list[0]);
	assert_serves(&new.list[1]);
	listen_close(&new, NULL);
	ck_assert_int_eq(access(path, F_OK), -1);
	teardown();
}
END_TEST

START_TEST(test_another_name_for_the_address)
{
	struct listeners old, new;
	struct endpoint bound;
	char text[32];

	setup();
	listen_on("inet:localhost:0", NULL);
	ck_assert_int_eq(listen_open(&old, &config, NULL), 0);
	endpoint_of(old.list[0].fd, &bound);
	listen_on(endpoint_format(&bound, (char [ENDPOINT_TEXT_SIZE]) { 0 }),
	    NULL);
	snprintf(text, sizeof(text), "%s", specs[0]);
	ck_assert_int_eq(listen_open(&new, &config, &old), 0);
	ck_assert_int_eq(new.list[0].fd, old.list[0].fd);
	ck_assert_str_eq(new.list[0].spec, text);
	listen_close(&old, &new);
	assert_serves(&new.list[0]);
	listen_close(&new, NULL);
	teardown();
}
END_TEST

START_TEST(test_removed_and_added)
{
	struct listeners old, new;
	int fd;

	setup();
	listen_on(spec, "inet:127.0.0.1:0");
	ck_assert_int_eq(listen_open(&old, &config, NULL), 0);
	listen_on("inet:127.0.0.1:0", "inet:[::1]:0");
	ck_assert_int_eq(listen_open(&new, &config, &old), 0);
	ck_assert_int_eq(access(path, F_OK), 0);
	fd = old.list[0].fd;
	listen_close(&old, &new);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
	assert_serves(&new.list[0]);
	assert_serves(&new.list[1]);
	listen_close(&new, NULL);
	teardown();
}
END_TEST

START_TEST(test_failed_reload_leaves_the_old)
{
	struct listeners old, new;

	setup();
	listen_on(spec, "inet:127.0.0.1:0");
	ck_assert_int_eq(listen_open(&old, &config, NULL), 0);
	listen_on(spec, "inet:nowhere");
	ck_assert_int_eq(listen_open(&new, &config, &old), -1);
	assert_serves(&old.list[0]);
	assert_serves(&old.list[1]);
	listen_close(&old, NULL);
	teardown();
}
END_TEST

START_TEST(test_bound_anew_by_another)
{
	struct listeners listeners;
	int other;

	setup();
	listen_on(spec, NULL);
	ck_assert_int_eq(listen_open(&listeners, &config, NULL), 0);
	ck_assert_int_eq(unlink(path), 0);
	other = bind_unix(path, SOCK_STREAM, true);
	listen_close(&listeners, NULL);
	close(connect_unix(path));
	ck_assert_int_eq(access(path, F_OK), 0);
	close(other);
	teardown();
}
END_TEST

/* --- passed by systemd ------------------------------------------------------ */

static void
set_environment(int count)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", (int)getpid());
	setenv("LISTEN_PID", text, 1);
	snprintf(text, sizeof(text), "%d", count);
	setenv("LISTEN_FDS", text, 1);
	setenv("LISTEN_FDNAMES", "policyd.socket", 1);
}

/* Put it where systemd would. */
static void
pass(int fd, int place)
{
	EXPECT(dup2(fd, place) == place);
	close(fd);
}

static int
adopt_configured(void)
{
	struct listeners listeners, next;

	pass(bind_unix(path, SOCK_STREAM, true), 3);
	set_environment(1);
	listen_on(spec, "inet:127.0.0.1:0");
	EXPECT(listen_open(&listeners, &config, NULL) == 0);
	EXPECT(listeners.count == 2);
	EXPECT(listeners.list[0].fd == 3);
	EXPECT(listeners.list[0].is_adopted);
	EXPECT(listeners.list[0].path == NULL);
	EXPECT(!listeners.list[1].is_adopted);
	assert_serves(&listeners.list[0]);
	EXPECT(getenv("LISTEN_PID") == NULL);
	EXPECT(getenv("LISTEN_FDS") == NULL);
	EXPECT(getenv("LISTEN_FDNAMES") == NULL);
	/* On reload it stays, even if nothing names it any more. */
	listen_on("inet:127.0.0.1:0", NULL);
	EXPECT(listen_open(&next, &config, &listeners) == 0);
	listen_close(&listeners, &next);
	EXPECT(next.count == 2);
	EXPECT(next.list[0].fd == 3);
	assert_serves(&next.list[0]);
	listen_close(&next, NULL);
	EXPECT(access(path, F_OK) == 0); /* systemd's, not ours */
	return 0;
}

static int
adopt_another(void)
{
	struct listeners listeners;

	pass(bind_unix(path, SOCK_STREAM, true), 3);
	set_environment(1);
	listen_on("inet:127.0.0.1:0", NULL);
	EXPECT(listen_open(&listeners, &config, NULL) == 0);
	EXPECT(listeners.count == 2);
	EXPECT(strcmp(listeners.list[0].spec, spec) == 0);
	assert_serves(&listeners.list[0]);
	assert_serves(&listeners.list[1]);
	listen_close(&listeners, NULL);
	return 0;
}

static int
adopt_inet(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char text[ENDPOINT_TEXT_SIZE];
	struct listeners listeners;
	struct endpoint bound;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	EXPECT(bind(fd, (struct sockaddr *)&address,
		sizeof(address)) == 0);
	EXPECT(listen(fd, 5) == 0);
	endpoint_of(fd, &bound);
	pass(fd, 3);
	set_environment(1);
	listen_on(endpoint_format(&bound, text), NULL);
	EXPECT(listen_open(&listeners, &config, NULL) == 0);
	EXPECT(listeners.count == 1);
	EXPECT(listeners.list[0].fd == 3);
	assert_serves(&listeners.list[0]);
	listen_close(&listeners, NULL);
	return 0;
}

/* Open with `count` passed must fail, and clean up. */
static int
refuse(int count)
{
	struct listeners listeners;

	set_environment(count);
	listen_on("inet:127.0.0.1:0", NULL);
	EXPECT(listen_open(&listeners, &config, NULL) == -1);
	EXPECT(listeners.count == 0);
	EXPECT(getenv("LISTEN_FDS") == NULL);
	return 0;
}

static int
refuse_datagram(void)
{
	pass(bind_unix(path, SOCK_DGRAM, false), 3);
	return refuse(1);
}

static int
refuse_connected(void)
{
	int listener = bind_unix(path, SOCK_STREAM, true);

	pass(connect_unix(path), 3);
	close(listener);
	return refuse(1);
}

static int
refuse_file(void)
{
	pass(open("/dev/null", O_RDWR), 3);
	return refuse(1);
}

static int
refuse_missing(void)
{
	close(3);
	return refuse(1);
}

static int
refuse_too_many(void)
{
	return refuse(65);
}

static int
refuse_nonsense(void)
{
	return refuse(-5);
}

/* What was left by a process that was not us is no concern of ours. */
static int
ignore_others(void)
{
	struct listeners listeners;

	pass(bind_unix(path, SOCK_STREAM, true), 3);
	set_environment(1);
	setenv("LISTEN_PID", "1", 1);
	listen_on("inet:127.0.0.1:0", NULL);
	EXPECT(listen_open(&listeners, &config, NULL) == 0);
	EXPECT(listeners.count == 1);
	listen_close(&listeners, NULL);
	EXPECT(connect_unix(path) >= 0); /* still open */
	EXPECT(getenv("LISTEN_PID") == NULL);
	return 0;
}

static const struct {
	const char *says;
	int (*happens)(void);
} passed[] = {
	{ "the one that was configured", adopt_configured },
	{ "another one is added", adopt_another },
	{ "IPv4", adopt_inet },
	{ "no datagrams", refuse_datagram },
	{ "no connection", refuse_connected },
	{ "no file", refuse_file },
	{ "not what is not there", refuse_missing },
	{ "not too many", refuse_too_many },
	{ "not less than none", refuse_nonsense },
	{ "not what was meant for others", ignore_others },
};

/* In a child: check itself uses descriptor 3. */
static void
check_passed(size_t i)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(passed[i].happens());
	waitpid(pid, &status, 0);
	ck_assert_msg(status == 0, "%s", passed[i].says);
}

START_TEST(test_passed)
{
	for (size_t i = 0; i < ROWS(passed); i++) {
		setup();
		check_passed(i);
		teardown();
	}
}
END_TEST

UNIT("server/listen", test_inet, test_v6only, test_unix, test_owner,
    test_unprivileged, test_place, test_bad, test_longest_path,
    test_port_in_use, test_failure_leaves_nothing, test_unknown_owner,
    test_taken_over, test_another_name_for_the_address, test_removed_and_added,
    test_failed_reload_leaves_the_old, test_bound_anew_by_another, test_passed)
