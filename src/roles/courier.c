/*
 * courier.c -- the role that tells of events; if there is anything to tell.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each delivery is a process of its own: no server, program or web server keeps
 * this one waiting. It may be killed at any time, and what it was at is told
 * later.
 */
#include "roles/courier.h"

#include "base/log.h"
#include "notify/outbox_delivery.h"
#include "policy/store_of.h"
#include "roles/shared_memory.h"
#include "server/poller.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>

/* At once that many deliveries are heard. */
enum { TAGS = 16 };

/* Wait for wait_ms at most, and hear what deliveries have to say. */
static void
wait(struct poller *poller, struct notifier *notifier, int wait_ms)
{
	void *tags[TAGS];
	size_t count = poller_wait(poller, tags, TAGS, wait_ms);

	for (size_t i = 0; i < count; i++)
		if (tags[i] != poller)
			notify_hear(notifier, tags[i]);
}

static bool
goes_on(const struct seat *seat)
{
	return !poller_is_told() && seat_order(seat) == SEAT_STAY;
}

/* Tell of events until told to leave. */
static void
work(const struct seat *seat, struct poller *poller, struct store *store,
    struct notifier *notifier)
{
	do {
		int wait_ms = notify_work(notifier);
		int store_ms = store_tend(store);

		seat_alive(seat);
		if (store_ms >= 0 && store_ms < wait_ms)
			wait_ms = store_ms;
		wait(poller, notifier, wait_ms);
	} while (goes_on(seat));
}

/*
 * What may have been delivered is waited for: else it would be again. Its
 * deadline bounds that.
 */
static void
finish(const struct seat *seat, struct poller *poller,
    struct notifier *notifier)
{
	poller_remove(poller, seat->master_fd);
	notify_leave(notifier);
	while (!notify_is_idle(notifier)) {
		wait(poller, notifier, notify_work(notifier));
		seat_alive(seat);
	}
}

int
courier_run(const struct seat *seat)
{
	struct poller *poller = poller_new();
	const struct shared *shared;
	struct store *store;
	struct notifier *notifier;
	const struct post_office office = { &seat->load->config->notify,
		&seat->load->config->smtp, &seat->load->config->texts };

	if (poller == NULL ||
	    poller_add(poller, seat->master_fd, INTEREST_READ, poller) != 0) {
		log_error("epoll: %s", strerror(errno));
		poller_free(poller);
		return EX_OSERR;
	}
	store = store_of(seat->load->config);
	shared = seat->load->shared;
	store_join(store, shared->news, false);
	notifier = notify_open(&office, store, poller);
	poller_catch_term();
	seat_ready(seat);
	work(seat, poller, store, notifier);
	finish(seat, poller, notifier);
	notify_close(notifier);
	store_close(store);
	poller_free(poller);
	return EX_OK;
}
