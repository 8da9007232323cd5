/*
 * courier.c -- the role that tells of events; only if notify.enabled.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A process of its own, because a mail server may keep it waiting for long: it
 * may be killed at any time, and what it was at is told later.
 */
#include "roles/courier.h"

#include "base/clock.h"
#include "base/log.h"
#include "notify/outbox.h"
#include "policy/store_of.h"
#include "server/poller.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>

/* How often the outbox is looked at. */
enum { LOOK_MS = 2000 };

/* Wait until it is time to look, or the store wants to be looked after. */
static bool
goes_on(const struct seat *seat, struct poller *poller, struct store *store,
    int64_t look_ms)
{
	void *tag;
	int store_ms = store_tend(store);
	int wait_ms = clock_left_ms(look_ms);

	if (store_ms >= 0 && store_ms < wait_ms)
		wait_ms = store_ms;
	if (poller_wait(poller, &tag, 1, wait_ms) == 0)
		return !poller_is_told();
	return seat_order(seat) == SEAT_STAY;
}

int
courier_run(const struct seat *seat)
{
	struct poller *poller = poller_new();
	struct store *store;
	struct notifier notifier;
	const struct post_office office = { &seat->load->config->notify,
		&seat->load->config->smtp };
	int64_t look_ms = 0;

	seat_close_listeners(seat);
	if (poller == NULL ||
	    poller_add(poller, seat->master_fd, INTEREST_READ, poller) != 0) {
		log_error("epoll: %s", strerror(errno));
		poller_free(poller);
		return EX_OSERR;
	}
	store = store_of(seat->load->config);
	notify_init(&notifier, &office, store);
	poller_catch_term();
	seat_ready(seat);
	do {
		seat_alive(seat);
		if (clock_left_ms(look_ms) == 0 && !notify_step(&notifier))
			look_ms = clock_mono_ms() + LOOK_MS;
	} while (goes_on(seat, poller, store, look_ms));
	notify_clear(&notifier);
	store_close(store);
	poller_free(poller);
	return EX_OK;
}
