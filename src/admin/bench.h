/*
 * bench.h -- a thread beside the loop, for what takes long.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Jobs are handed to it and come back when they are done; in between nobody
 * else touches them. All but the work itself is called by the loop's thread.
 */
#ifndef ADMIN_BENCH_H
#define ADMIN_BENCH_H

#include <stdbool.h>
#include <stdint.h>

struct bench;

struct bench_work {
	void *state;		/* the thread's own, while it runs */
	void (*work)(void *state, void *job);
	/* Between jobs; returns in how many milliseconds to come again, -1:
	 * no need. May be NULL. */
	int (*tend)(void *state);
};

/* NULL, with the cause logged, if there can be no thread. */
struct bench *bench_start(const struct bench_work *);

/*
 * Wait for the job under way, so long; drop() gets those that were not done,
 * and those that were and not taken. False: it is still at work, nothing was
 * freed, and the process can but end.
 */
bool bench_stop(struct bench *, int64_t within_ms, void (*drop)(void *job));

/* Becomes readable when a job is done. */
int bench_fd(const struct bench *);

/* Hand over a job, to be done after those with the same or a lower turn. */
void bench_give(struct bench *, void *job, unsigned turn);

/* Take back a job that is done, or NULL if there is none (now). */
void *bench_take(struct bench *);

/* Jobs that were given and not taken. */
unsigned bench_count(const struct bench *);

#endif
