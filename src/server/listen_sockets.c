/*
 * listen_sockets.c -- the sockets that clients come to.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* SOCK_CLOEXEC */
#include "server/listen_sockets.h"

#include "base/log.h"
#include "base/mem.h"
#include "server/resolver.h"
#include "server/systemd_sockets.h"
#include "server/unix_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct listener *
add(struct listeners *listeners, int fd, const char *spec)
{
	struct listener *listener;

	listeners->list = mem_grow(listeners->list, listeners->count + 1,
	    sizeof(*listeners->list));
	listener = &listeners->list[listeners->count++];
	*listener = (struct listener) { .fd = fd, .spec = mem_dup(spec) };
	return listener;
}

static bool
has_fd(const struct listeners *listeners, int fd)
{
	for (size_t i = 0; listeners != NULL && i < listeners->count; i++)
		if (listeners->list[i].fd == fd)
			return true;
	return false;
}

/* Add what another list has open, to be shared with it. */
static void
share(struct listeners *listeners, const struct listener *other,
    const char *spec)
{
	struct listener *listener;

	if (has_fd(listeners, other->fd))
		return;
	listener = add(listeners, other->fd, spec);
	listener->path = mem_dup(other->path);
	listener->is_adopted = other->is_adopted;
	listener->was_other = other->was_other;
	listener->device = other->device;
	listener->inode = other->inode;
}

/* Does a listener serve this address, which spec stands for? */
static bool
serves(const struct listener *listener, const struct address *wanted,
    const char *spec)
{
	struct address bound;

	if (address_of(listener->fd, &bound) != 0)
		return false;
	if (address_equal(&bound, wanted))
		return true;
	/* Port 0 became a real one: only the text tells what it stood for. */
	return wanted->address.ss_family != AF_UNIX &&
	    bound.address.ss_family == wanted->address.ss_family &&
	    address_port(wanted) == 0 && strcmp(listener->spec, spec) == 0;
}

static const struct listener *
find(const struct listeners *listeners, const struct address *wanted,
    const char *spec)
{
	for (size_t i = 0; listeners != NULL && i < listeners->count; i++)
		if (serves(&listeners->list[i], wanted, spec))
			return &listeners->list[i];
	return NULL;
}

static void
log_inet_error(const char *spec, int error)
{
	const char *remedy = "";

	if (error == EADDRINUSE)
		remedy = "; another program listens there, stop it or choose "
			 "another port";
	else if (error == EACCES)
		remedy = "; a port below 1024 needs root";
	else if (error == EADDRNOTAVAIL)
		remedy = "; this host does not have the address";
	log_error("listen: %s: %s%s", spec, strerror(error), remedy);
}

/* Return the descriptor, or -1 with errno set. */
static int
open_inet(const struct address *address)
{
	const int family = address->address.ss_family;
	const int yes = 1;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error;

	if (fd < 0)
		return -1;
	/* V6ONLY: what an IPv6 address takes does not depend on a sysctl. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
	    (family != AF_INET6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY,
		&yes, sizeof(yes)) == 0) &&
	    bind(fd, (const struct sockaddr *)&address->address,
		address->size) == 0 && listen(fd, SOMAXCONN) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static int
add_unix(struct listeners *listeners, const char *spec,
    const struct address *address, const struct socket_access *access)
{
	struct socket_file file;
	struct listener *listener;
	int fd = unix_socket_open(address, access, &file);

	if (fd < 0)
		return -1;
	listener = add(listeners, fd, spec);
	listener->path = mem_dup(address_path(address));
	listener->device = file.device;
	listener->inode = file.inode;
	log_info("listening on %s", spec);
	return 0;
}

static int
add_inet(struct listeners *listeners, const char *spec,
    const struct address *address)
{
	char text[ADDRESS_TEXT_SIZE];
	struct address bound;
	int fd = open_inet(address);

	if (fd < 0)
		return -1;
	add(listeners, fd, spec);
	if (address_of(fd, &bound) == 0)
		log_info("listening on %s", address_format(&bound, text));
	return 0;
}

/* The addresses of one host: those of a protocol that this machine does not
 * have are left out, as long as one is left. */
static int
add_host(struct listeners *listeners, const char *spec,
    const struct address *list, size_t count, const struct listeners *old)
{
	size_t opened = 0;
	int error = 0;

	for (size_t i = 0; i < count; i++) {
		const struct listener *other = find(old, &list[i], spec);

		if (other != NULL) {
			share(listeners, other, spec);
			opened++;
		} else if (add_inet(listeners, spec, &list[i]) == 0) {
			opened++;
		} else if (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL) {
			error = errno;
		} else {
			log_inet_error(spec, errno);
			return -1;
		}
	}
	if (opened > 0)
		return 0;
	log_inet_error(spec, error);
	return -1;
}

/* Whom the listeners at these addresses are for. */
static void
assign(struct listeners *listeners, const struct endpoint *endpoint,
    const struct address *list, size_t count)
{
	for (size_t i = 0; i < listeners->count; i++) {
		struct listener *listener = &listeners->list[i];

		for (size_t k = 0; k < count; k++) {
			if (!serves(listener, &list[k], endpoint->text))
				continue;
			listener->service = endpoint->service;
			listener->is_private = endpoint->is_private;
			listener->was_other |=
			    endpoint->service != ENDPOINT_POLICY;
		}
	}
}

static int
find_access(struct socket_access *access, const struct serving *serving,
    bool is_private)
{
	return is_private ? socket_access_private(access, serving) :
			    socket_access_find(access, serving);
}

static int
add_path(struct listeners *listeners, const struct endpoint *endpoint,
    const struct address *address, const struct serving *serving,
    const struct listeners *old)
{
	const struct listener *other = find(old, address, endpoint->text);
	struct socket_access access;

	if (find_access(&access, serving, endpoint->is_private) != 0)
		return -1;
	if (other == NULL)
		return add_unix(listeners, endpoint->text, address, &access);
	share(listeners, other, endpoint->text);
	return 0;
}

static size_t
find_addresses(const struct serving *serving, size_t number,
    struct address list[ADDRESSES_MAX])
{
	const struct endpoint *endpoint = &serving->endpoints->list[number];

	if (serving->answers == NULL)
		return address_find(endpoint, list);
	memcpy(list, serving->answers[number].list,
	    ADDRESSES_MAX * sizeof(*list));
	if (serving->answers[number].count == 0)
		log_error("listen: %s: the host was not found",
		    endpoint->text);
	return serving->answers[number].count;
}

static int
add_endpoint(struct listeners *listeners, size_t number,
    const struct serving *serving, const struct listeners *old)
{
	const struct endpoint *endpoint = &serving->endpoints->list[number];
	struct address list[ADDRESSES_MAX];
	size_t count = find_addresses(serving, number, list);
	const struct listener *other;
	int result;

	if (count == 0)
		return -1;
	other = find(listeners, &list[0], endpoint->text);
	if (other != NULL && !other->is_adopted) {
		log_error("listen: %s is named twice", endpoint->text);
		return -1;
	}
	result = endpoint->path != NULL ?
	    add_path(listeners, endpoint, &list[0], serving, old) :
	    add_host(listeners, endpoint->text, list, count, old);
	if (result == 0)
		assign(listeners, endpoint, list, count);
	return result;
}

static bool
has_policy(const struct endpoints *endpoints)
{
	for (size_t i = 0; i < endpoints->count; i++)
		if (endpoints->list[i].service == ENDPOINT_POLICY)
			return true;
	return false;
}

/* What systemd passed and nobody names. What was for others, or comes from the
 * network, must not be asked for decisions by chance. */
static void
settle_unnamed(struct listeners *listeners, const struct endpoints *endpoints)
{
	bool is_named = has_policy(endpoints);

	for (size_t i = 0; i < listeners->count; i++) {
		struct listener *listener = &listeners->list[i];

		if (listener->service != ENDPOINT_NOBODY)
			continue;
		if (!is_named && !listener->was_other &&
		    strncmp(listener->spec, "unix:", 5) == 0)
			listener->service = ENDPOINT_POLICY;
		else
			log_warning("%s, passed by systemd, serves nobody: "
				    "name it in listen or http.listen, or "
				    "disable its socket unit", listener->spec);
	}
}

/* What systemd passed, as a list that can be taken over from. */
static int
adopt(struct listeners *adopted)
{
	char text[ADDRESS_TEXT_SIZE];
	int fds[ADOPT_MAX];
	int count = adopt_listeners(fds);

	for (int i = 0; i < count; i++) {
		struct listener *listener;
		struct address bound;

		if (address_of(fds[i], &bound) != 0)
			continue; /* adopt_listeners has looked at it */
		address_format(&bound, text);
		listener = add(adopted, fds[i], text);
		listener->is_adopted = true;
		listener->was_other = !adopted_may_be_policy(i);
		log_info("listening on %s, passed by systemd", text);
	}
	return count < 0 ? -1 : 0;
}

/* Free the list, not what it has open. */
static void
forget(struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++) {
		free(listeners->list[i].spec);
		free(listeners->list[i].path);
	}
	free(listeners->list);
	*listeners = (struct listeners) { 0 };
}

int
listen_open(struct listeners *listeners, const struct serving *serving,
    const struct listeners *old)
{
	struct listeners adopted = { 0 };
	const struct listeners *source = old != NULL ? old : &adopted;
	int result = 0;

	*listeners = (struct listeners) { 0 };
	if (old == NULL && adopt(&adopted) != 0)
		return -1;
	for (size_t i = 0; i < source->count; i++)
		if (source->list[i].is_adopted)
			share(listeners, &source->list[i],
			    source->list[i].spec);
	for (size_t i = 0; i < serving->endpoints->count; i++)
		if (add_endpoint(listeners, i, serving, source) != 0)
			result = -1;
	if (result == 0)
		settle_unnamed(listeners, serving->endpoints);
	if (result != 0)
		listen_close(listeners, old);
	forget(&adopted);
	return result;
}

void
listen_restrict(
    const struct listeners *listeners, const struct serving *serving)
{
	for (size_t i = 0; i < listeners->count; i++) {
		const struct listener *listener = &listeners->list[i];
		struct socket_file file = { listener->device,
			listener->inode };
		struct socket_access access;
		int found;

		if (listener->path == NULL)
			continue;
		found = find_access(&access, serving, listener->is_private);
		if (found == 0)
			unix_socket_restrict(listener->path, &file, &access);
	}
}

void
listen_close(struct listeners *listeners, const struct listeners *kept)
{
	for (size_t i = 0; i < listeners->count; i++) {
		const struct listener *listener = &listeners->list[i];
		struct socket_file file = { listener->device,
			listener->inode };

		if (has_fd(kept, listener->fd))
			continue;
		if (listener->path != NULL)
			unix_socket_remove(listener->path, &file);
		close(listener->fd);
	}
	forget(listeners);
}
