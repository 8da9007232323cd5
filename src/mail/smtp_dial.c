/*
 * smtp_dial.c -- connect to smtp.host.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/smtp_dial.h"

#include "base/clock.h"
#include "base/mem.h"
#include "mail/mailbox.h"
#include "mail/smtp_auth.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Wait for a connection under way. Return 0 or an error number. */
static int
await(int fd, int timeout_ms)
{
	struct pollfd wait = { .fd = fd, .events = POLLOUT };
	int error = 0;
	socklen_t size = sizeof(error);
	int ready;

	do
		ready = poll(&wait, 1, timeout_ms);
	while (ready < 0 && errno == EINTR);
	if (ready == 0)
		return ETIMEDOUT;
	if (ready < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
		return errno;
	return error;
}

/* Return a connected socket, or -1 with errno. */
static int
dial_address(const struct addrinfo *address, int timeout_ms)
{
	int fd = socket(
	    address->ai_family, address->ai_socktype, address->ai_protocol);
	int error = 0;

	if (fd < 0)
		return -1;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (connect(fd, address->ai_addr, address->ai_addrlen) != 0)
		error = errno == EINPROGRESS ? await(fd, timeout_ms) : errno;
	if (error == 0) {
		fcntl(fd, F_SETFL, 0);
		return fd;
	}
	close(fd);
	errno = error;
	return -1;
}

/* Try each; why says what is wrong with the last. */
static int
dial_each(const struct smtp_options *options, const struct addrinfo *addresses,
    int64_t deadline_ms, struct text *why)
{
	int left = 0;
	int fd = -1;

	for (const struct addrinfo *one = addresses; one != NULL;
	     one = one->ai_next)
		left++;
	for (const struct addrinfo *one = addresses; one != NULL && fd < 0;
	     one = one->ai_next, left--) {
		text_init(why, why->bytes, why->size);
		if (!auth_may_reach(options, one->ai_addr)) {
			text_add(why, "a password is sent over TLS or to this "
				      "host only, set smtp.tls");
			continue;
		}
		fd = dial_address(one, clock_left_ms(deadline_ms) / left);
		if (fd < 0)
			text_printf(why, "cannot connect to %s, port %u: %s",
			    options->host, (unsigned)options->port,
			    strerror(errno));
	}
	return fd;
}

char *
dial_host(const char *host)
{
	size_t length = strlen(host);

	if (length > 2 && host[0] == '[' && host[length - 1] == ']')
		return mem_dup_n(host + 1, length - 2);
	return mailbox_ascii_domain(host);
}

int
dial(const struct smtp_options *options, int64_t deadline_ms, struct text *why)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *addresses = NULL;
	char *host = dial_host(options->host);
	char port[8];
	int failed;
	int fd = -1;

	snprintf(port, sizeof(port), "%u", (unsigned)options->port);
	failed = host == NULL ? EAI_NONAME
			      : getaddrinfo(host, port, &hints, &addresses);
	if (failed != 0) {
		text_printf(why, "smtp.host %s: %s", options->host,
		    gai_strerror(failed));
	} else {
		fd = dial_each(options, addresses, deadline_ms, why);
		freeaddrinfo(addresses);
	}
	free(host);
	return fd;
}
