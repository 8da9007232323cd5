/*
 * worker.c -- the role that answers Postfix.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A worker serves many connections in rounds: take every complete request
 * that waits, answer those that can be, and ask the store about the others, all
 * in one round trip.
 */
#include "roles/worker.h"

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "policy/decide.h"
#include "roles/asker.h"
#include "roles/clients.h"
#include "roles/shared.h"
#include "roles/geoip_files.h"
#include "roles/rounds.h"
#include "server/poller.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	SWEEP_MS = 1000,
	/* How long the last of what passed without the store may take. */
	SETTLE_MS = 800,
	/* Waiting for the store before the first connection is taken. */
	START_MS = 3000,
	/*
	 * A retired worker answers each TCP connection once more. Postfix
	 * may pause for longer; it takes a closed connection as it should.
	 */
	RETIRED_IDLE_MS = 10000,
	/* Told to stop: the master's patience is 4 s. */
	STOPPED_IDLE_MS = 1000,
	STOP_MS = 3000,
	TAGS = 128,
	/* How often the poller is asked for more before a round. */
	TURNS = 16,
	/* Connections accepted in one go, so that other workers get theirs;
	 * but the store is asked about many together at little more cost than
	 * about few, so there are to be some with many. */
	ACCEPT_AT_ONCE = 4,
	FILLED = 32,
};

struct worker {
	const struct seat *seat;
	const struct config *config;
	struct desk desk;
	struct poller *poller;
	struct clients *clients;
	bool is_listening;
	bool is_paused;		/* accept failed: until the next sweep */
	bool is_leaving;
	int64_t stop_ms;	/* leave by then at the latest; 0: no hurry */
	int64_t sweep_ms;
	struct log_limit accept_limit;
	struct asker *asker;
	bool has_answers;	/* the asker, since the events came */
	struct rounds *rounds;
};

static void
listen_on(struct worker *worker, bool is_wanted)
{
	const struct listeners *listeners = worker->seat->listeners;

	if (worker->is_listening == is_wanted)
		return;
	worker->is_listening = is_wanted;
	for (size_t i = 0; i < listeners->count; i++) {
		struct listener *listener = &listeners->list[i];

		if (!is_wanted)
			poller_remove(worker->poller, listener->fd);
		else if (poller_add(worker->poller, listener->fd,
			     INTEREST_ACCEPT, listener) != 0)
			log_error("epoll: %s: %s", listener->spec,
			    strerror(errno));
	}
}

/* Take up to most connections; false: there are none, or no more can be. */
static bool
accept_some(struct worker *worker, int listening, unsigned most)
{
	for (unsigned i = 0; i < most; i++) {
		int fd;

		if (clients_are_full(worker->clients))
			return false;
		fd = accept(listening, NULL, NULL);
		if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (fd < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return false;
		if (fd < 0) {
			/* Out of descriptors or memory: pause for a while. */
			log_limited(&worker->accept_limit, LOG_LEVEL_ERROR,
			    "accept: %s", strerror(errno));
			worker->is_paused = true;
			return false;
		}
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		fcntl(fd, F_SETFL, O_NONBLOCK);
		clients_add(worker->clients, fd);
	}
	return true;
}

/* Is the tag that of a listener? Then return it. */
static struct listener *
as_listener(const struct worker *worker, void *tag)
{
	const struct listeners *listeners = worker->seat->listeners;

	for (size_t i = 0; i < listeners->count; i++)
		if (tag == &listeners->list[i])
			return tag;
	return NULL;
}

/* Whoever connected before the end is still served. */
static void
stop_listening(struct worker *worker)
{
	const struct listeners *listeners = worker->seat->listeners;

	if (worker->stop_ms != 0)
		for (size_t i = 0; i < listeners->count; i++)
			accept_some(worker, listeners->list[i].fd,
			    worker->config->server.max_connections);
	listen_on(worker, false);
	seat_close_listeners(worker->seat);
}

static void
leave(struct worker *worker, bool in_a_hurry)
{
	if (in_a_hurry && worker->stop_ms == 0)
		worker->stop_ms = clock_mono_ms() + STOP_MS;
	if (!worker->is_leaving)
		stop_listening(worker);
	counters_set(STAT_WORKERS, 0);
	worker->is_leaving = true;
	worker->sweep_ms = 0; /* now, but not while events are dispatched */
	clients_retire(worker->clients,
	    worker->stop_ms != 0 ? STOPPED_IDLE_MS : RETIRED_IDLE_MS);
}

static void
heed_master(struct worker *worker)
{
	enum seat_order order = seat_order(worker->seat);

	if (order == SEAT_RETIRE)
		leave(worker, false);
	else if (order == SEAT_STOP) {
		leave(worker, true);
		/* Its end would be reported for ever. */
		poller_remove(worker->poller, worker->seat->master_fd);
	}
}

/* How many connections to accept in one go. */
static unsigned
at_once(const struct worker *worker)
{
	size_t count = clients_count(worker->clients);

	return count + ACCEPT_AT_ONCE < FILLED ?
	    (unsigned)(FILLED - count) : ACCEPT_AT_ONCE;
}

static void
dispatch(struct worker *worker, void *tag)
{
	struct listener *listener = as_listener(worker, tag);

	if (tag == worker)
		heed_master(worker);
	else if (tag == worker->asker)
		worker->has_answers = true;
	else if (listener == NULL)
		clients_serve(worker->clients, tag);
	else if (!worker->is_leaving) /* else it is closed */
		accept_some(worker, listener->fd, at_once(worker));
}

/* How long to wait: the sweep, and what is owed; or not at all. */
static int
patience(struct worker *worker)
{
	int sweep_ms = clock_left_ms(worker->sweep_ms);
	int resume_ms = clients_resume(worker->clients);
	int wait_ms = asker_wait_ms(worker->asker);

	/* When there is no room, an answer will wake us. */
	if (clients_have_next(worker->clients) &&
	    asker_room(worker->asker) > 0)
		return 0;
	if (resume_ms >= 0)
		return resume_ms;
	return wait_ms < sweep_ms ? wait_ms : sweep_ms;
}

static void
sweep(struct worker *worker)
{
	if (clock_left_ms(worker->sweep_ms) > 0)
		return;
	worker->sweep_ms = clock_mono_ms() +
	    (worker->is_leaving ? SWEEP_MS / 10 : SWEEP_MS);
	clients_sweep(worker->clients);
	worker->is_paused = false;
}

static bool
is_over(const struct worker *worker)
{
	if (!worker->is_leaving)
		return false;
	return clients_count(worker->clients) == 0 ||
	    (worker->stop_ms != 0 && clock_left_ms(worker->stop_ms) == 0);
}

/* Who is answered may be gone by it: not while events are dispatched, of which
 * one may be his. */
static void
answer_asked(struct worker *worker)
{
	if (worker->has_answers)
		rounds_take(worker->rounds);
	worker->has_answers = false;
}

/* Read what there is to read; returns whether there may be more. */
static bool
listen_once(struct worker *worker, int wait_ms)
{
	int64_t began_us = clock_mono_us();
	void *tags[TAGS];
	size_t count = poller_wait(worker->poller, tags, TAGS, wait_ms);
	bool has_more = count == TAGS;

	/* If there was nothing yet, nobody has waited so far. */
	if (wait_ms > 0 && clock_mono_us() - began_us > 1000)
		rounds_rested(worker->rounds);
	for (size_t i = 0; i < count; i++) {
		has_more |= as_listener(worker, tags[i]) != NULL;
		dispatch(worker, tags[i]);
	}
	answer_asked(worker);
	return has_more;
}

/* Read all requests that are there: the time of each counts from now on. */
static void
listen_to_all(struct worker *worker)
{
	int turns = TURNS;
	int wait_ms = patience(worker);
	unsigned pause_us;

	while (listen_once(worker, wait_ms) && turns-- > 0)
		wait_ms = 0;
	while ((pause_us = rounds_pause_us(worker->rounds)) > 0) {
		clock_rest_us(pause_us);
		listen_once(worker, 0);
	}
}

static void
serve(struct worker *worker)
{
	rounds_rested(worker->rounds);
	while (!is_over(worker)) {
		if (!asker_is_stuck(worker->asker))
			seat_alive(worker->seat);
		listen_to_all(worker);
		if (poller_is_told() && worker->stop_ms == 0)
			leave(worker, true);
		rounds_play(worker->rounds, worker->stop_ms);
		sweep(worker);
		if (!worker->is_leaving)
			listen_on(worker, !worker->is_paused &&
			    !clients_are_full(worker->clients));
	}
}

/* Whom the worker asks, and who asks it. */
static int
open_worker(struct worker *worker)
{
	const struct shared *shared = worker->seat->load->shared;
	const struct geo_paths geoip = geoip_files_paths(worker->seat->load);
	struct desk *desk = &worker->desk;

	if (desk_open(desk, worker->config, &geoip) != 0)
		return -1;
	desk->blocked = shared->blocked;
	desk->noted = shared->noted;
	store_join(desk->store, shared->news, false);
	store_heed(desk->store, worker->seat->master_fd);
	store_share(desk->store, shared->recent);
	desk->unasked = unasked_new(worker->config, shared->memory,
	    worker->seat->load->number);
	worker->poller = poller_new();
	if (worker->poller == NULL ||
	    poller_add(worker->poller, worker->seat->master_fd, INTEREST_READ,
		worker) != 0) {
		log_error("epoll: %s", strerror(errno));
		return -1;
	}
	worker->clients = clients_new(worker->config, worker->poller,
	    clients_most(worker->seat));
	/* If the store is away, the housekeeper sees to its schema later. */
	store_init(desk->store, worker->config->store.create,
	    clock_mono_ms() + START_MS);
	store_tend(desk->store);
	worker->asker = asker_start(desk);
	if (worker->asker == NULL)
		return -1;
	worker->rounds = rounds_new(desk, worker->clients, worker->asker);
	if (poller_add(worker->poller, asker_fd(worker->asker), INTEREST_READ,
		worker->asker) == 0)
		return 0;
	log_error("epoll: %s", strerror(errno));
	return -1;
}

int
worker_run(const struct seat *seat)
{
	struct worker *worker = calloc(1, sizeof(*worker));
	int status = EX_OSERR;

	if (worker == NULL)
		return status;
	worker->seat = seat;
	worker->config = seat->load->config;
	if (open_worker(worker) == 0) {
		poller_catch_term();
		seat_ready(seat);
		counters_set(STAT_WORKERS, 1);
		listen_on(worker, true);
		serve(worker);
		status = EX_OK;
	}
	/* If the store still is at work, what it uses cannot be freed. */
	if (worker->rounds != NULL && !rounds_end(worker->rounds))
		return status;
	if (status == EX_OK)
		unasked_settle(worker->desk.unasked, worker->desk.store,
		    clock_mono_ms() + SETTLE_MS);
	rounds_free(worker->rounds);
	clients_free(worker->clients);
	poller_free(worker->poller);
	desk_close(&worker->desk);
	free(worker);
	return status;
}
