/*
 * work_thread.h -- a thread beside the loop, for what takes long.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Jobs are handed to it and come back when they are done; in between nobody
 * else touches them. All but the work itself is called by the loop's thread.
 */
#ifndef SERVER_WORK_THREAD_H
#define SERVER_WORK_THREAD_H

#include <stdbool.h>
#include <stdint.h>

struct work_thread;

struct thread_work {
	void *state;		/* the thread's own, while it runs */
	void (*work)(void *state, void *job);
	/* Between jobs; returns in how many milliseconds to come again, -1:
	 * no need. May be NULL. */
	int (*tend)(void *state);
};

/* NULL, with the cause logged, if there can be no thread. */
struct work_thread *work_thread_start(const struct thread_work *);

/*
 * Wait for the job under way, so long; drop() gets those that were not done,
 * and those that were and not taken. False: it is still at work, nothing was
 * freed, and the process can but end.
 */
bool work_thread_stop(struct work_thread *, int64_t within_ms,
    void (*drop)(void *job));

/* Becomes readable when a job is done. */
int work_thread_fd(const struct work_thread *);

/* Hand over a job, to be done after those with the same or a lower turn. */
void work_thread_give(struct work_thread *, void *job, unsigned turn);

/* Have it tend soon. */
void work_thread_wake(struct work_thread *);

/* Take back a job that is done, or NULL if there is none (now). */
void *work_thread_take(struct work_thread *);

/* Jobs that were given and not taken. */
unsigned work_thread_count(const struct work_thread *);

#endif
