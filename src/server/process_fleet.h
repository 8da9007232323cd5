/*
 * process_fleet.h -- the processes of all generations: start, hear, reap.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SERVER_PROCESS_FLEET_H
#define SERVER_PROCESS_FLEET_H

#include "server/background.h"
#include "server/generation.h"

#include <poll.h>
#include <stdbool.h>

enum { FLEET_PRIVATE_MAX = 4 };

struct fleet {
	const struct service *service;
	const struct background *background; /* where its log goes */
	struct generation *newest;	/* its `older` leads to the others */
	unsigned last_number;
	unsigned slot_count;
	bool *slots;	/* of the counters: taken? The first is the master's */
	struct heartbeat *heartbeats;	/* by the same numbers */
	int64_t look_ms;	/* when to look for signs of life */
	struct pollfd *polled;
	size_t polled_size;
	/* Descriptors of the master that no child may have. */
	size_t private_count;
	int private_fds[FLEET_PRIVATE_MAX];
	/* Exit status of the last one that was not told to end; 0: none, or
	 * it was killed by a signal. */
	int last_status;
	/* A process beside all generations, that one is waited for; 0: none. */
	pid_t helper;
};

/* Start without a generation; `first` tells how large they will be. Return
 * 0, or -1 with the error logged. */
int fleet_open(struct fleet *, const struct service *,
    const struct background *, const struct config *first);
/* Free everything; no process should be left. */
void fleet_close(struct fleet *);

/* Keep a descriptor, unless it is -1, from the processes that are forked;
 * no more, before it is closed. */
void fleet_keep_private(struct fleet *, int fd);
void fleet_drop_private(struct fleet *, int fd);

/* Add a generation on trial; takes the load and the listeners. Remove and
 * free one of which nobody is left. */
struct generation *fleet_add(struct fleet *, struct load *,
    struct listeners *, int64_t now);
void fleet_remove(struct fleet *, struct generation *);

/* The newest generation in a phase, or NULL. */
struct generation *fleet_find(const struct fleet *, enum restarts_phase);

/* Start whoever is due. A failure is logged and tried again later. */
void fleet_start_due(struct fleet *, int64_t now);

/* Reap who ended, and log how. */
void fleet_reap(struct fleet *, int64_t now);

/* Look for signs of life, if it is time, and kill those who hang; when to do
 * it next. */
int64_t fleet_look(struct fleet *, int64_t now);

/* How long it may take all of them to stop. */
int64_t fleet_stop_ms(const struct fleet *);

/* Wait until wake_ms (monotonic), for a signal, or for a process to say that
 * it is up. */
void fleet_wait(struct fleet *, int64_t wake_ms);

/* The earliest time that a roster asks for; INT64_MAX: none. */
int64_t fleet_wake_ms(const struct fleet *);

#endif
