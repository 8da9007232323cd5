/*
 * clients.c -- the connections of one worker.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/clients.h"

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/mem.h"
#include "server/descriptors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	/* How long a request that cannot be answered yet waits. */
	RESUME_MS = 5,
	/* Descriptors that are not connections: logs, store, files. */
	SPARE_FILES = 64,
};

struct client {
	struct session *session;
	int64_t active_ms;	/* when the last request was answered */
	int64_t late_us;	/* when its request is late */
	enum interest interest;
	unsigned seen_off;	/* answered since; 0: it has come back */
	bool is_queued;
	bool is_unwatched;	/* the poller does not have it */
	struct client *next_queued;
	struct client *next, *previous;	/* all of them, the newest first */
};

struct clients {
	struct poller *poller;
	size_t count, most;
	struct client *first;
	struct client *queue, **queue_end;
	/* By next_queued; is_queued, too. */
	struct client *deferred, **deferred_end;
	int64_t resume_ms;		/* when they are asked again */
	bool is_retired;
	uint32_t patience_ms;	/* with a connection that is idle */
	int64_t patience_us;	/* of a request that waits */
	unsigned seen_off;	/* clients_see_off, how often */
	size_t away;
};

uint32_t
clients_most(const struct seat *seat)
{
	uint32_t wanted = seat->load->config->server.max_connections;
	uint64_t allowed = descriptors_allow(wanted + SPARE_FILES);
	uint64_t most = allowed > 2 * SPARE_FILES ? allowed - SPARE_FILES :
						    allowed / 2;

	if (most >= wanted)
		return wanted;
	if (seat->index == 0)
		log_warning("only %llu open files are allowed: each worker "
			    "takes %llu connections, not the %u of "
			    "server.max_connections; raise LimitNOFILE or "
			    "ulimit -n to %u", (unsigned long long)allowed,
		    (unsigned long long)most, wanted, wanted + SPARE_FILES);
	return most > 0 ? (uint32_t)most : 1;
}

struct clients *
clients_new(const struct config *config, struct poller *poller, size_t most)
{
	struct clients *clients = mem_new(1, sizeof(*clients));

	clients->poller = poller;
	clients->most = most;
	clients->queue_end = &clients->queue;
	clients->deferred_end = &clients->deferred;
	clients->seen_off = 1;
	clients->patience_ms = config->server.idle_timeout_s * 1000;
	return clients;
}

size_t
clients_count(const struct clients *clients)
{
	return clients->count;
}

bool
clients_are_full(const struct clients *clients)
{
	return clients->count >= clients->most;
}

/* It is not waited for any more. */
static void
come_back(struct clients *clients, struct client *client)
{
	if (client->seen_off == clients->seen_off)
		clients->away--;
	client->seen_off = 0;
}

static void
drop(struct clients *clients, struct client *client)
{
	come_back(clients, client);
	poller_remove(clients->poller, session_fd(client->session));
	if (client->previous != NULL)
		client->previous->next = client->next;
	else
		clients->first = client->next;
	if (client->next != NULL)
		client->next->previous = client->previous;
	session_free(client->session);
	free(client);
	clients->count--;
	counters_set(STAT_CONNECTIONS_OPEN, clients->count);
}

void
clients_free(struct clients *clients)
{
	if (clients == NULL)
		return;
	while (clients->first != NULL)
		drop(clients, clients->first);
	free(clients);
}

void
clients_add(struct clients *clients, int fd)
{
	struct client *client = mem_new(1, sizeof(*client));

	client->session = session_new(fd);
	client->active_ms = clock_mono_ms();
	client->interest = INTEREST_READ;
	client->next = clients->first;
	if (client->next != NULL)
		client->next->previous = client;
	clients->first = client;
	clients->count++;
	counters_add(STAT_CONNECTIONS, 1);
	counters_set(STAT_CONNECTIONS_OPEN, clients->count);
	if (poller_add(clients->poller, fd, INTEREST_READ, client) != 0) {
		log_error("epoll: %s", strerror(errno));
		drop(clients, client);
	}
}

static void
watch(struct clients *clients, struct client *client, enum interest interest)
{
	if (client->interest == interest)
		return;
	client->interest = interest;
	poller_change(clients->poller, session_fd(client->session), interest,
	    client);
}

static void
enqueue(struct clients *clients, struct client *client)
{
	client->next_queued = NULL;
	*clients->queue_end = client;
	clients->queue_end = &client->next_queued;
}

/* Act on the state that a session has come to. */
static void
settle(struct clients *clients, struct client *client)
{
	switch (session_state(client->session)) {
	case SESSION_READY:
		come_back(clients, client);
		/* It is answered in a moment: leave the poller alone. */
		client->is_queued = true;
		client->late_us = session_since_us(client->session) +
		    clients->patience_us;
		enqueue(clients, client);
		break;
	case SESSION_WRITING:
		watch(clients, client, INTEREST_WRITE);
		break;
	case SESSION_READING:
		watch(clients, client, INTEREST_READ);
		break;
	case SESSION_OVER:
	default:
		drop(clients, client);
		break;
	}
}

void
clients_expect(struct clients *clients, int64_t patience_us)
{
	clients->patience_us = patience_us;
}

/* What it says now, or its hang-up, would be reported until it is answered. */
static void
unwatch(struct clients *clients, struct client *client)
{
	if (!client->is_unwatched)
		poller_remove(clients->poller, session_fd(client->session));
	client->is_unwatched = true;
}

void
clients_serve(struct clients *clients, struct client *client)
{
	if (client->is_queued) {
		unwatch(clients, client);
		return;
	}
	if (session_state(client->session) == SESSION_WRITING)
		session_write(client->session);
	else
		session_read(client->session);
	settle(clients, client);
}

bool
clients_have_next(const struct clients *clients)
{
	return clients->queue != NULL;
}

size_t
clients_waiting(const struct clients *clients)
{
	size_t count = 0;

	for (const struct client *c = clients->queue; c != NULL;
	     c = c->next_queued)
		count++;
	return count;
}

int64_t
clients_late_us(const struct client *client)
{
	return client->late_us;
}

bool
clients_next_is_late(const struct clients *clients, int64_t now_us)
{
	return clients->queue != NULL && clients->queue->late_us < now_us;
}

struct client *
clients_next(struct clients *clients)
{
	struct client *client = clients->queue;

	if (client == NULL)
		return NULL;
	clients->queue = client->next_queued;
	if (clients->queue == NULL)
		clients->queue_end = &clients->queue;
	return client;
}

void
clients_defer(struct clients *clients, struct client *client)
{
	if (clients->deferred == NULL)
		clients->resume_ms = clock_mono_ms() + RESUME_MS;
	unwatch(clients, client);
	client->next_queued = NULL;
	*clients->deferred_end = client;
	clients->deferred_end = &client->next_queued;
}

int
clients_resume(struct clients *clients)
{
	struct client *client = clients->deferred;
	int left_ms = clock_left_ms(clients->resume_ms);

	if (client == NULL)
		return -1;
	if (left_ms > 0)
		return left_ms;
	clients->deferred = NULL;
	clients->deferred_end = &clients->deferred;
	while (client != NULL) {
		struct client *next = client->next_queued;

		enqueue(clients, client);
		client = next;
	}
	return 0;
}

struct session *
clients_session(struct client *client)
{
	return client->session;
}

/* Who was deferred is heard again. */
static bool
watch_again(struct clients *clients, struct client *client)
{
	if (!client->is_unwatched)
		return true;
	client->is_unwatched = false;
	if (poller_add(clients->poller, session_fd(client->session),
		client->interest, client) == 0)
		return true;
	log_error("epoll: %s", strerror(errno));
	return false;
}

void
clients_answer(struct clients *clients, struct client *client,
    const char *action)
{
	client->is_queued = false;
	client->seen_off = clients->seen_off;
	clients->away++;
	client->active_ms = clock_mono_ms();
	/* Before the answer, which may call forth the next request. */
	if (clients->is_retired)
		session_hang_up(client->session);
	session_answer(client->session, action);
	if (clients->is_retired && session_is_idle(client->session))
		session_read(client->session);
	if (watch_again(clients, client))
		settle(clients, client);
	else
		drop(clients, client);
}

void
clients_see_off(struct clients *clients)
{
	clients->away = 0;
	if (++clients->seen_off == 0)
		clients->seen_off = 1;
}

size_t
clients_away(const struct clients *clients)
{
	return clients->away;
}

void
clients_retire(struct clients *clients, uint32_t patience_ms)
{
	clients->is_retired = true;
	clients->patience_ms = patience_ms;
}

/* May the connection be ended by hanging up? Who cannot lose a request by it
 * need not be waited for. */
static bool
is_dismissed(const struct clients *clients, const struct client *client,
    int64_t now)
{
	return clients->is_retired && session_is_idle(client->session) &&
	    (now - client->active_ms >= clients->patience_ms ||
		session_is_local(client->session));
}

void
clients_sweep(struct clients *clients)
{
	int64_t now = clock_mono_ms();
	struct client *next;

	for (struct client *c = clients->first; c != NULL; c = next) {
		next = c->next;
		if (c->is_queued)
			continue;
		if (is_dismissed(clients, c, now)) {
			/* A request may have come this very moment. */
			session_hang_up(c->session);
			clients_serve(clients, c);
			continue;
		}
		if (now - c->active_ms < clients->patience_ms)
			continue;
		if (!clients->is_retired) {
			log_debug("closed a connection that was idle");
			counters_add(STAT_IDLE_CLOSED, 1);
		}
		drop(clients, c);
	}
}
