/*
 * tls_relay.c -- plain bytes on one side, TLS on the other.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/tls_relay.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* A record of TLS holds no more. */
enum { PIECE = 16384 };

struct relay {
	SSL *ssl;
	int outer, inner;
};

static bool
write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t done = send(fd, bytes, length, MSG_NOSIGNAL);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		bytes += done;
		length -= (size_t)done;
	}
	return true;
}

/* Wait for what OpenSSL waits for; false: it has failed. */
static bool
wait_outer(const struct relay *relay, int result)
{
	int wanted = SSL_get_error(relay->ssl, result);
	struct pollfd outer = { .fd = relay->outer };

	if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE)
		return false;
	outer.events = wanted == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
	return poll(&outer, 1, -1) > 0 || errno == EINTR;
}

/* From the server to us, as long as there is something. */
static bool
carry_in(struct relay *relay)
{
	char piece[PIECE];
	int length;

	while ((length = SSL_read(relay->ssl, piece, sizeof(piece))) > 0)
		if (!write_all(relay->inner, piece, (size_t)length))
			return false;
	return SSL_get_error(relay->ssl, length) == SSL_ERROR_WANT_READ;
}

/* From us to the server. */
static bool
carry_out(struct relay *relay)
{
	char piece[PIECE];
	ssize_t length = read(relay->inner, piece, sizeof(piece));
	int done;

	if (length < 0 && errno == EINTR)
		return true;
	if (length <= 0)
		return false;
	while ((done = SSL_write(relay->ssl, piece, (int)length)) <= 0)
		if (!wait_outer(relay, done))
			return false;
	return true;
}

static void *
run(void *data)
{
	struct relay *relay = data;
	bool is_open = carry_in(relay);

	while (is_open) {
		struct pollfd wait[] = {
			{ .fd = relay->outer, .events = POLLIN },
			{ .fd = relay->inner, .events = POLLIN },
		};

		if (poll(wait, 2, -1) < 0 && errno != EINTR)
			break;
		if (wait[0].revents != 0)
			is_open = carry_in(relay);
		if (is_open && wait[1].revents != 0)
			is_open = carry_out(relay);
	}
	SSL_shutdown(relay->ssl);
	SSL_free(relay->ssl);
	close(relay->outer);
	close(relay->inner);
	free(relay);
	return NULL;
}

int
relay_start(SSL *ssl, int fd)
{
	struct relay *relay = mem_new(1, sizeof(*relay));
	pthread_t thread;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
		free(relay);
		return -1;
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	*relay = (struct relay){ .ssl = ssl, .outer = fd, .inner = ends[1] };
	errno = pthread_create(&thread, NULL, run, relay);
	if (errno == 0) {
		pthread_detach(thread);
		return ends[0];
	}
	close(ends[0]);
	close(ends[1]);
	free(relay);
	return -1;
}
