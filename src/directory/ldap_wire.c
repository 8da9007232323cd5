/*
 * ldap_wire.c -- the socket under a directory connection, with a deadline.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "directory/ldap_wire.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openldap.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* What "ldapi:///" means to Debian's libldap (LDAPI_SOCK). */
#define DEFAULT_LDAPI "/var/run/slapd/ldapi"

int
wire_wait(const struct wire *wire, short events)
{
	struct pollfd polls[2] = {
		{ .fd = wire->fd, .events = events },
		{ .fd = wire->stop_fd, .events = POLLIN },
	};

	for (;;) {
		int ready = poll(polls, 2, clock_left_ms(wire->deadline_ms));

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready < 0)
			return -1;
		if (polls[1].revents != 0) {
			errno = ECANCELED;
			return -1;
		}
		if (polls[0].revents != 0)
			return 0;
		errno = ETIMEDOUT;
		return -1;
	}
}

void
wire_close(struct wire *wire)
{
	if (wire->fd >= 0)
		close(wire->fd);
	wire->fd = -1;
}

/* --- connecting ---------------------------------------------------------- */

/* A firewall that forgot an idle connection is noticed within minutes. */
static void
keep_alive(int fd)
{
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
#if defined(TCP_KEEPIDLE) && defined(TCP_KEEPINTVL)
	int idle_s = 60;
	int interval_s = 10;

	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof(idle_s));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s,
	    sizeof(interval_s));
#endif
}

static int
open_socket(struct wire *wire, int family)
{
	int on = 1;
	int flags;

	wire->fd = socket(family, SOCK_STREAM, 0);
	if (wire->fd < 0)
		return -1;
	flags = fcntl(wire->fd, F_GETFL);
	if (flags < 0 || fcntl(wire->fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
	    fcntl(wire->fd, F_SETFD, FD_CLOEXEC) != 0)
		return -1;
	if (family != AF_UNIX) {
		keep_alive(wire->fd);
		setsockopt(wire->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	}
	return 0;
}

/* Connect to one address until deadline_ms. errno tells the cause. */
static int
connect_address(struct wire *wire, const struct sockaddr *address,
    socklen_t length, int64_t deadline_ms)
{
	struct wire until = { .stop_fd = wire->stop_fd,
		.deadline_ms = deadline_ms };
	int error = 0;
	socklen_t size = sizeof(error);

	if (open_socket(wire, address->sa_family) != 0)
		goto fail;
	if (connect(wire->fd, address, length) == 0)
		return 0;
	if (errno != EINPROGRESS && errno != EINTR)
		goto fail;
	until.fd = wire->fd;
	if (wire_wait(&until, POLLOUT) != 0)
		goto fail;
	if (getsockopt(wire->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
		goto fail;
	if (error == 0)
		return 0;
	errno = error;
fail:
	error = errno;
	wire_close(wire);
	errno = error;
	return -1;
}

static int
connect_path(struct wire *wire, const char *path, char *error, size_t size)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path)) {
		snprintf(error, size, "the path of the socket is too long");
		return -1;
	}
	strcpy(address.sun_path, path);
	if (connect_address(wire, (const struct sockaddr *)&address,
		sizeof(address), wire->deadline_ms) == 0)
		return 0;
	snprintf(error, size, "connecting: %s", strerror(errno));
	return -1;
}

static int
connect_host(struct wire *wire, const char *host, int port, char *error,
    size_t size)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	unsigned left = 0;
	char service[16];
	int code;

	snprintf(service, sizeof(service), "%d", port);
	code = getaddrinfo(host, service, &hints, &found);
	if (code != 0) {
		snprintf(error, size, "%s: %s", host, gai_strerror(code));
		return -1;
	}
	for (struct addrinfo *one = found; one != NULL; one = one->ai_next)
		left++;
	for (struct addrinfo *one = found; one != NULL;
	     one = one->ai_next, left--) {
		int64_t now = clock_mono_ms();
		int64_t share = (wire->deadline_ms - now) / (int64_t)left;

		if (connect_address(wire, one->ai_addr, one->ai_addrlen,
			now + share) == 0)
			break;
		snprintf(error, size, "connecting: %s", strerror(errno));
	}
	freeaddrinfo(found);
	return wire->fd >= 0 ? 0 : -1;
}

int
wire_connect(struct wire *wire, const LDAPURLDesc *url, char *error,
    size_t size)
{
	bool is_given = url->lud_host != NULL && *url->lud_host != '\0';
	int port = url->lud_port;

	if (strcmp(url->lud_scheme, "ldapi") == 0)
		return connect_path(wire,
		    is_given ? url->lud_host : DEFAULT_LDAPI, error, size);
	if (port == 0)
		port = strcmp(url->lud_scheme, "ldaps") == 0 ? LDAPS_PORT
							     : LDAP_PORT;
	return connect_host(wire, is_given ? url->lud_host : "localhost", port,
	    error, size);
}

/* --- what libldap calls -------------------------------------------------- */

static int
io_setup(Sockbuf_IO_Desc *io, void *wire)
{
	io->sbiod_pvt = wire;
	return 0;
}

static int
io_remove(Sockbuf_IO_Desc *io)
{
	(void)io;
	return 0;
}

/* Nothing is buffered here, and libldap knows the descriptor itself. */
static int
io_ctrl(Sockbuf_IO_Desc *io, int option, void *arg)
{
	(void)io;
	(void)option;
	(void)arg;
	return 0;
}

static bool
is_retry(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static ber_slen_t
io_read(Sockbuf_IO_Desc *io, void *buffer, ber_len_t size)
{
	const struct wire *wire = io->sbiod_pvt;

	for (;;) {
		ssize_t length = recv(wire->fd, buffer, size, 0);

		if (length >= 0 || !is_retry(errno))
			return length;
		if (errno == EINTR)
			continue;
		if (wire_wait(wire, POLLIN) != 0)
			return -1;
	}
}

/* send(2) rather than write(2): a server that hung up is no SIGPIPE. */
static ber_slen_t
io_write(Sockbuf_IO_Desc *io, void *buffer, ber_len_t size)
{
	const struct wire *wire = io->sbiod_pvt;

	for (;;) {
		ssize_t length = send(wire->fd, buffer, size, MSG_NOSIGNAL);

		if (length >= 0 || !is_retry(errno))
			return length;
		if (errno != EINTR && wire_wait(wire, POLLOUT) != 0)
			return -1;
	}
}

static int
io_close(Sockbuf_IO_Desc *io)
{
	wire_close(io->sbiod_pvt);
	return 0;
}

/* libldap takes it without const, and never writes to it. */
static Sockbuf_IO wire_io = {
	.sbi_setup = io_setup,
	.sbi_remove = io_remove,
	.sbi_ctrl = io_ctrl,
	.sbi_read = io_read,
	.sbi_write = io_write,
	.sbi_close = io_close,
};

LDAP *
wire_handle(struct wire *wire, const char *uri, char *error, size_t size)
{
	LDAP *handle = NULL;
	Sockbuf *buffer = NULL;
	int code = ldap_init_fd(wire->fd, LDAP_PROTO_EXT, uri, &handle);

	if (code != LDAP_SUCCESS) {
		snprintf(error, size, "%s", ldap_err2string(code));
		return NULL;
	}
	/* Reading ahead saves two of three system calls for each message. */
	if (ldap_get_option(handle, LDAP_OPT_SOCKBUF, &buffer) != 0 ||
	    ber_sockbuf_add_io(buffer, &wire_io, LBER_SBIOD_LEVEL_PROVIDER,
		wire) != 0 ||
	    ber_sockbuf_add_io(buffer, &ber_sockbuf_io_readahead,
		LBER_SBIOD_LEVEL_PROVIDER, NULL) != 0) {
		snprintf(error, size, "%s", ldap_err2string(LDAP_NO_MEMORY));
		return NULL; /* a handle without layers cannot be unbound */
	}
	return handle;
}
