/*
 * courier.c -- the role that tells of events; only if notify.enabled.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A process of its own, because a mail server may keep it waiting for long: it
 * may be killed at any time, and what it was at is told later.
 */
#include "roles/courier.h"

#include "base/log.h"
#include "facts/store.h"
#include "jobs/notify.h"
#include "policy/limits.h"
#include "server/poller.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>

/* How often the outbox is looked at. */
enum { LOOK_MS = 2000 };

static bool
goes_on(const struct seat *seat, struct poller *poller, int wait_ms)
{
	void *tag;

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
	bool has_more = true;

	seat_close_listeners(seat);
	if (poller == NULL ||
	    poller_add(poller, seat->master_fd, INTEREST_READ, poller) != 0) {
		log_error("epoll: %s", strerror(errno));
		poller_free(poller);
		return EX_OSERR;
	}
	store = store_open(seat->load->config, &limits_policy);
	notify_init(&notifier, seat->load->config, store);
	poller_catch_term();
	seat_ready(seat);
	while (goes_on(seat, poller, has_more ? 0 : LOOK_MS))
		has_more = notify_step(&notifier);
	store_close(store);
	poller_free(poller);
	return EX_OK;
}
