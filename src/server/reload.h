/*
 * reload.h -- from one generation to the next.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All or nothing: a new load, its listeners and its processes must all come
 * into being, or everything goes on as it was.
 */
#ifndef SERVER_RELOAD_H
#define SERVER_RELOAD_H

#include "server/background.h"
#include "server/process_fleet.h"
#include "server/resolver.h"
#include "server/systemd_notify.h"

struct reload {
	const struct service *service;
	struct fleet *fleet;
	const struct systemd *notify;
	const struct background *background;
	bool is_told;	/* systemd knows that one is under way */
	struct load *waiting;	/* for the addresses of its endpoints; or NULL */
	struct resolver_answer *answers;
};

/* Make a generation and put it on trial, while another one serves; as soon as
 * the names of its endpoints are known. What is wrong is logged. */
void reload_begin(struct reload *, enum load_reason);

/* Go on with a load that waited, if its names are known now. Is one still
 * waiting? */
bool reload_is_waiting(struct reload *);

/* Give up a load that waits. */
void reload_stop(struct reload *);

/* The trial ended well: it serves, `old` retires. */
void reload_accept(struct reload *, struct generation *trial,
    struct generation *old, int64_t now);

/* It did not: it is stopped, `old` goes on. */
void reload_reject(struct reload *, struct generation *trial,
    struct generation *old, int64_t now);

#endif
