/*
 * sockets.h -- what tests of listening sockets share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SOCKETS_H
#define SOCKETS_H

#include "config/config.h"
#include "roles/serving_of.h"
#include "server/listen_sockets.h"
#include "server/socket_address.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* As ck_assert, also where check has no say: in a child of the test. */
#define EXPECT(claim)                                                          \
	do {                                                                   \
		if (!(claim)) {                                                \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__,     \
			    __LINE__, #claim);                                 \
			_exit(1);                                              \
		}                                                              \
	} while (0)

static char directory[] = "/tmp/policyd-listen-XXXXXX";
static char path[64], spec[80], user[32], group[32];
static char *specs[8];
static struct config config;

/* Add an endpoint as the configuration does; -1 if it would refuse it. */
static int
add_endpoint(const char *text, enum endpoint_service service)
{
	struct endpoint endpoint;

	if (endpoint_parse(&endpoint, text) != NULL)
		return -1;
	endpoint.service = service;
	endpoint.is_private = service == ENDPOINT_HTTP;
	endpoints_add(&config.endpoints, &endpoint);
	return 0;
}

/* What the server reads of it now. */
static const struct serving *
serving(void)
{
	static struct serving now;

	now = serving_of(&config);
	return &now;
}

/* Listen on what is configured now, if it is any good. */
static int
open_now(struct listeners *listeners, const struct listeners *old)
{
	*listeners = (struct listeners) { 0 };
	free(config.endpoints.list);
	config.endpoints = (struct endpoints) { 0 };
	for (size_t i = 0; i < config.listen.count; i++)
		if (add_endpoint(specs[i], ENDPOINT_POLICY) != 0)
			return -1;
	if (config.http.listen != NULL &&
	    add_endpoint(config.http.listen, ENDPOINT_HTTP) != 0)
		return -1;
	return listen_open(listeners, serving(), old);
}

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

	free(config.endpoints.list);
	config.endpoints = (struct endpoints) { 0 };
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
	struct address bound;
	int fd;

	EXPECT(address_of(listener->fd, &bound) == 0);
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

#endif
