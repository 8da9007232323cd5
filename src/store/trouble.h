/*
 * trouble.h -- a store that fails: said once, and not asked for a while.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It is logged when it begins and when it ends. The delay before the store is
 * tried again is 100 ms, doubling, to 30 s, or to a second for the process that
 * tries it for all; who hears that it works tries it soon, not all at the same
 * moment. It is over when the store has worked for a second without failing,
 * so that one that works now and then does not fill the log.
 */
#ifndef STORE_TROUBLE_H
#define STORE_TROUBLE_H

#include "store/process_news.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct trouble {
	struct store_news *news;	/* NULL: nobody tells */
	bool is_prober;		/* this process tries it for all */
	bool is_quiet;		/* others say what is wrong */
	bool is_on;
	int64_t since_ms, retry_ms;	/* monotonic */
	int64_t failed_ms;		/* for the last time */
	int64_t good_ms;		/* it has worked since then; 0: not */
	uint32_t delay_ms;
	uint32_t jitter_ms;		/* after news, before it is tried */
	/* Requests without an answer, so far; up to when it worked last. */
	_Atomic uint64_t missed;
	uint64_t missed_before;
	bool heeds_stop;	/* by a socket whose peer has an end then */
	int stop_fd;
};

/* How long one that does not answer is waited for by who is to stop. */
enum { TROUBLE_HURRY_MS = 1000 };

/* The store failed: why. Sets when it may be tried again. */
void trouble_begin(struct trouble *, const char *why);

/* The same, but it may be tried again at once. */
void trouble_note(struct trouble *, const char *why);

/* A request was answered without it. Any thread may call this at any time. */
void trouble_miss(struct trouble *);

/* It worked. Returns in how many ms to say so again, if it still does, for
 * the end to be logged; -1: no need. */
int trouble_end(struct trouble *);

/* May it be tried now? If not: in how many ms to ask that again. */
bool trouble_may_try(const struct trouble *);
int trouble_wait_ms(const struct trouble *);

/* Is this process to stop? */
bool trouble_is_stopped(const struct trouble *);

/* Is it on, and nothing has worked since it failed last? */
bool trouble_is_deep(const struct trouble *);

#endif
