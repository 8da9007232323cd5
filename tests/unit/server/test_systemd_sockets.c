/*
 * test_systemd_sockets.c -- sockets that systemd passes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE
#include "sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/wait.h>

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
	EXPECT(open_now(&listeners, NULL) == 0);
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
	EXPECT(open_now(&next, &listeners) == 0);
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
	struct listeners listeners, next;

	pass(bind_unix(path, SOCK_STREAM, true), 3);
	set_environment(1);
	listen_on("inet:127.0.0.1:0", NULL);
	EXPECT(open_now(&listeners, NULL) == 0);
	EXPECT(listeners.count == 2);
	EXPECT(strcmp(listeners.list[0].spec, spec) == 0);
	/* What nobody names is for nobody ... */
	EXPECT(listeners.list[0].service == ENDPOINT_NOBODY);
	EXPECT(listeners.list[1].service == ENDPOINT_POLICY);
	assert_serves(&listeners.list[1]);
	/* ... unless nothing else is for policy requests. */
	config.listen.count = 0;
	EXPECT(open_now(&next, &listeners) == 0);
	EXPECT(next.count == 1);
	EXPECT(next.list[0].service == ENDPOINT_POLICY);
	assert_serves(&next.list[0]);
	listen_close(&listeners, &next);
	listen_close(&next, NULL);
	return 0;
}

/* A port of the loopback address, passed; its text without "inet:". */
static const char *
pass_port(char text[ADDRESS_TEXT_SIZE])
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct address bound;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	EXPECT(bind(fd, (struct sockaddr *)&address,
		sizeof(address)) == 0);
	EXPECT(listen(fd, 5) == 0);
	address_of(fd, &bound);
	pass(fd, 3);
	set_environment(1);
	return address_format(&bound, text) + strlen("inet:");
}

/* What was handed over for HTTP is never asked for decisions, whatever else
 * is configured later. */
static int
adopt_for_http(void)
{
	char text[ADDRESS_TEXT_SIZE], http[ADDRESS_TEXT_SIZE];
	struct listeners listeners, next, last;

	strcpy(http, pass_port(text));
	config.http.listen = http;
	config.server.user = user;
	config.server.group = group;
	listen_on(spec, NULL);
	EXPECT(open_now(&listeners, NULL) == 0);
	EXPECT(listeners.count == 2);
	EXPECT(listeners.list[0].fd == 3);
	EXPECT(listeners.list[0].service == ENDPOINT_HTTP);
	EXPECT(listeners.list[1].service == ENDPOINT_POLICY);
	config.http.listen = NULL;
	EXPECT(open_now(&next, &listeners) == 0);
	EXPECT(next.list[0].fd == 3);
	EXPECT(next.list[0].service == ENDPOINT_NOBODY);
	config.listen.count = 0;
	EXPECT(open_now(&last, &next) == 0);
	EXPECT(last.list[0].service == ENDPOINT_NOBODY);
	listen_close(&listeners, &next);
	listen_close(&next, &last);
	listen_close(&last, NULL);
	return 0;
}

/* The same after a restart, when nothing tells any more what it was for. */
static int
adopt_unnamed_port(void)
{
	char text[ADDRESS_TEXT_SIZE];
	struct listeners listeners;

	pass_port(text);
	config.listen.count = 0;
	EXPECT(open_now(&listeners, NULL) == 0);
	EXPECT(listeners.count == 1);
	EXPECT(listeners.list[0].service == ENDPOINT_NOBODY);
	listen_close(&listeners, NULL);
	return 0;
}

static int
adopt_inet(void)
{
	char text[ADDRESS_TEXT_SIZE];
	struct listeners listeners;

	pass_port(text);
	listen_on(text, NULL);
	EXPECT(open_now(&listeners, NULL) == 0);
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
	EXPECT(open_now(&listeners, NULL) == -1);
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
	EXPECT(open_now(&listeners, NULL) == 0);
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
	{ "another one is for nobody, or all there is", adopt_another },
	{ "one for HTTP is for nothing else", adopt_for_http },
	{ "a port that nobody names", adopt_unnamed_port },
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

UNIT("server/systemd_sockets", test_passed)
