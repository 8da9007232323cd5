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
#include "roles/accepting.h"
#include "roles/clients.h"
#include "roles/geoip_files.h"
#include "roles/rounds.h"
#include "roles/shared_memory.h"
#include "roles/store_asker.h"
#include "server/poller.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

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
};

struct worker {
	const struct seat *seat;
	const struct config *config;
	struct desk desk;
	struct poller *poller;
	struct clients *clients;
	struct accepting *accepting;
	bool is_leaving;
	int64_t stop_ms;	/* leave by then at the latest; 0: no hurry */
	int64_t sweep_ms;
	struct asker *asker;
	bool has_answers;	/* the asker, since the events came */
	struct rounds *rounds;
};

static void
leave(struct worker *worker, bool in_a_hurry)
{
	if (in_a_hurry && worker->stop_ms == 0)
		worker->stop_ms = clock_mono_ms() + STOP_MS;
	if (!worker->is_leaving)
		accepting_end(worker->accepting, worker->stop_ms != 0);
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

static void
dispatch(struct worker *worker, void *tag)
{
	if (tag == worker)
		heed_master(worker);
	else if (tag == worker->asker)
		worker->has_answers = true;
	else if (accepting_is(worker->accepting, tag))
		accepting_serve(worker->accepting, tag);
	else
		clients_serve(worker->clients, tag);
}

/* How long to wait: the sweep, and what is owed; or not at all. */
static int
patience(struct worker *worker)
{
	int sweep_ms = clock_left_ms(worker->sweep_ms);
	int resume_ms = clients_resume(worker->clients);
	int wait_ms = accepting_wait_ms(worker->accepting);

	if (asker_wait_ms(worker->asker) < wait_ms)
		wait_ms = asker_wait_ms(worker->asker);
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
	accepting_try_again(worker->accepting);
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
		has_more |= accepting_is(worker->accepting, tags[i]);
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
		accepting_go_on(worker->accepting);
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
	const struct shared *shared = seat->load->shared;
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
		worker->accepting = accepting_new(seat,
		    shared->crowd, worker->poller,
		    worker->clients);
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
	accepting_free(worker->accepting);
	clients_free(worker->clients);
	poller_free(worker->poller);
	desk_close(&worker->desk);
	free(worker);
	return status;
}
