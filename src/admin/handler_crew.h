/*
 * handler_crew.h -- whoever does what the routes are for, beside the loop.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A handler may wait for the store or the directory; the loop must not. Each
 * lane is a thread with a desk, and a connection to the store, of its own:
 * one for what is done at once, one for what takes long.
 */
#ifndef ADMIN_HANDLER_CREW_H
#define ADMIN_HANDLER_CREW_H

#include "admin/admin.h"

#include <stdbool.h>

enum lane {
	LANE_DESK,	/* one account, one page, the counters */
	LANE_LONG,	/* all custom settings */
	LANES,
	LANE_NONE = LANES,	/* nothing to wait for: the loop does it */
};

struct crew;

/*
 * Open the desks; their stores hear the news of other processes. The store's schema is seen to by init_ms (clock_mono_ms);
 * work gets the lane's struct admin and a job. NULL, with the cause logged, if
 * that is impossible.
 */
struct crew *crew_start(const struct config *, const struct geo_paths *,
    struct store_news *, void (*work)(void *admin, void *job), int64_t init_ms);

/* Wait a little for what is under way; the jobs are the caller's. False: a
 * lane is still at work, and the process can but end. */
bool crew_stop(struct crew *);

/* Becomes readable when a job of the lane is done. */
int crew_fd(const struct crew *, enum lane);

/* Have a job done; false: too many are waiting, unless it is urgent. */
bool crew_ask(struct crew *, enum lane, void *job, bool is_urgent);

/* A job that is done, or NULL. */
void *crew_take(struct crew *);

#endif
