/*
 * trouble.c -- a store that fails: said once, and not asked for a while.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* POLLRDHUP */
#include "store/trouble.h"

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"

#include <poll.h>
#include <unistd.h>

enum {
	FIRST_DELAY_MS = 100,
	LONGEST_DELAY_MS = 30000,
	/* Who tries it for all: with the rest below, all are back within a
	 * second and a half. */
	PROBE_MS = 900,
	/* How often the others listen, and over how long they spread. */
	LISTEN_MS = 50,
	SPREAD_MS = 300,
	/* A store that has worked for so long is back. */
	CALM_MS = 1000,
};

/* Another time for each process, and each time. */
static uint32_t
spread(void)
{
	uint64_t h = (uint64_t)clock_mono_us() * 31 + (uint64_t)getpid();

	h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	return (uint32_t)((h ^ h >> 27) % SPREAD_MS);
}

/* Was it told to work since it failed here? */
static bool
has_heard(const struct trouble *trouble)
{
	return trouble->news != NULL &&
	    store_news_ms(trouble->news) > trouble->failed_ms;
}

void
trouble_note(struct trouble *trouble, const char *why)
{
	trouble->good_ms = 0;
	trouble->failed_ms = clock_mono_ms();
	if (trouble->is_on) {
		log_debug("store: still: %s", why);
		return;
	}
	trouble->is_on = true;
	trouble->since_ms = trouble->failed_ms;
	trouble->retry_ms = 0;
	trouble->delay_ms = 0;
	if (trouble->is_quiet) {
		log_debug("store: beside: %s", why);
		return;
	}
	counters_set(STAT_STORE_AWAY, 1);
	log_error("store: %s", why);
}

void
trouble_begin(struct trouble *trouble, const char *why)
{
	/* Who works now and then does not become worse by it. */
	bool has_worked = trouble->is_on && trouble->good_ms != 0;
	uint32_t longest_ms = trouble->is_prober ? PROBE_MS :
						   LONGEST_DELAY_MS;

	trouble_note(trouble, why);
	if (trouble->delay_ms == 0)
		trouble->delay_ms = FIRST_DELAY_MS;
	else if (!has_worked)
		trouble->delay_ms *= 2;
	if (trouble->delay_ms > longest_ms)
		trouble->delay_ms = longest_ms;
	trouble->retry_ms = clock_mono_ms() + trouble->delay_ms;
	trouble->jitter_ms = spread();
}

void
trouble_miss(struct trouble *trouble)
{
	atomic_fetch_add(&trouble->missed, 1);
}

/* How many requests it did not answer since this was asked last. */
static uint64_t
take_missed(struct trouble *trouble)
{
	uint64_t before = trouble->missed_before;

	trouble->missed_before = atomic_load(&trouble->missed);
	return trouble->missed_before - before;
}

int
trouble_end(struct trouble *trouble)
{
	int64_t now = clock_mono_ms();

	if (!trouble->is_on) {
		take_missed(trouble);
		return -1;
	}
	if (trouble->good_ms == 0) {
		trouble->good_ms = now;
		if (trouble->news != NULL)
			store_news_tell(trouble->news);
	}
	if (now - trouble->good_ms < CALM_MS)
		return CALM_MS;
	trouble->is_on = false;
	if (trouble->is_quiet)
		return -1;
	counters_set(STAT_STORE_AWAY, 0);
	log_info("store: back after %.1f s; %llu requests were answered "
		 "without it",
	    (double)(trouble->good_ms - trouble->since_ms) / 1000,
	    (unsigned long long)take_missed(trouble));
	return -1;
}

bool
trouble_may_try(const struct trouble *trouble)
{
	int64_t now = clock_mono_ms();

	return !trouble_is_deep(trouble) || now >= trouble->retry_ms ||
	    (has_heard(trouble) &&
		now >= store_news_ms(trouble->news) + trouble->jitter_ms);
}

int
trouble_wait_ms(const struct trouble *trouble)
{
	int left_ms;

	if (trouble_may_try(trouble))
		return 0;
	left_ms = clock_left_ms(trouble->retry_ms) + 1;
	return trouble->news != NULL && left_ms > LISTEN_MS ? LISTEN_MS :
							      left_ms;
}

bool
trouble_is_stopped(const struct trouble *trouble)
{
	struct pollfd line = { .fd = trouble->stop_fd, .events = POLLRDHUP };

	return trouble->heeds_stop && poll(&line, 1, 0) == 1;
}

bool
trouble_is_deep(const struct trouble *trouble)
{
	return trouble->is_on && trouble->good_ms == 0;
}
