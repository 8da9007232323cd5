/*
 * housekeeper.c -- the role that looks after the store and the GeoIP file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * No request waits for it: it does what has to be done now and then.
 */
#include "roles/housekeeper.h"

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "directory/account_name.h"
#include "policy/store_of.h"
#include "policy/rates_stage.h"
#include "roles/counters_chronicle.h"
#include "roles/geoip_files.h"
#include "roles/change_hearer.h"
#include "roles/known_blocks.h"
#include "roles/note_taker.h"
#include "roles/shared_memory.h"
#include "roles/status_vitals.h"
#include "server/poller.h"
#include "store/store.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	TICK_MS = 1000,
	EXPIRE_MS = 10000,
	/* A schema that is missing is asked for so often, then less. */
	SCHEMA_FIRST_MS = 1000,
	SCHEMA_LAST_MS = 30000,
	/* A store that somebody misses is tried so often, for so long. */
	PROBE_MS = 900,
	PROBE_AGAIN_MS = 100,
	PROBE_PATIENCE_MS = 500,
	/* How long one of its calls may wait for the store. */
	PATIENCE_MS = 3000,
	/* And the last: the master's patience is 4 s. */
	LAST_PATIENCE_MS = 1000,
};

struct housekeeper {
	const struct seat *seat;
	const struct config *config;
	const struct shared *shared;
	struct store *store;
	bool is_schema_ready;
	int64_t schema_every_ms;
	int64_t schema_ms, expire_ms, probe_ms;	/* when it is due */
	struct known_blocks blocks;
	struct hearer hearer;
	struct stage_watch stage;
	struct geoip_watch geoip;
	struct chronicle chronicle;
	struct vitals vitals;
	struct note_taker notes;
};

/* Is it time? Then set the next time. */
static bool
is_due(int64_t *due_ms, int64_t every_ms)
{
	int64_t now = clock_mono_ms();

	if (now < *due_ms)
		return false;
	*due_ms = now + every_ms;
	return true;
}

/* It failed: try it again soon. How often the store itself is tried is its
 * own affair. */
static void
make_due(int64_t *due_ms)
{
	*due_ms = clock_mono_ms() + TICK_MS;
}

/* The store may have been away when the server started. */
static void
tend_schema(struct housekeeper *keeper)
{
	enum store_result result;

	if (keeper->is_schema_ready ||
	    !is_due(&keeper->schema_ms, keeper->schema_every_ms))
		return;
	result = store_init(keeper->store, keeper->config->store.create,
	    clock_mono_ms() + PATIENCE_MS);
	keeper->is_schema_ready = result == STORE_DONE;
	if (result == STORE_NONE && keeper->schema_every_ms < SCHEMA_LAST_MS)
		keeper->schema_every_ms *= 2;
}

static void
tend_blocks(struct housekeeper *keeper)
{
	uint64_t ended = 0;

	if (!keeper->is_schema_ready || !is_due(&keeper->expire_ms, EXPIRE_MS))
		return;
	if (store_expire(keeper->store, &ended,
		clock_mono_ms() + PATIENCE_MS) != STORE_DONE)
		make_due(&keeper->expire_ms);
	else if (ended > 0)
		log_info("%llu blocks ended: their time was over",
		    (unsigned long long)ended);
}

/*
 * While the store is away for anybody, try it for all: what ends blocks has to
 * write, and costs next to nothing. How often it is tried when this process
 * cannot reach it is the store's own affair.
 */
static int
probe(struct housekeeper *keeper)
{
	uint64_t ended = 0;
	bool works;

	if (!keeper->is_schema_ready || counters_sum(STAT_STORE_AWAY) == 0)
		return TICK_MS;
	if (clock_left_ms(keeper->probe_ms) > 0)
		return clock_left_ms(keeper->probe_ms);
	works = store_expire(keeper->store, &ended,
	    clock_mono_ms() + PROBE_PATIENCE_MS) == STORE_DONE;
	if (works)
		store_news_tell(keeper->shared->news);
	keeper->probe_ms = clock_mono_ms() +
	    (works ? PROBE_MS : PROBE_AGAIN_MS);
	return clock_left_ms(keeper->probe_ms);
}

static struct stage_counts
count_stages(void)
{
	return (struct stage_counts){ counters_sum(STAT_AT_STAGE),
		counters_sum(STAT_OFF_STAGE) };
}

/* A rate that can never count would otherwise stay unnoticed. */
static void
tend_stage(struct housekeeper *keeper)
{
	enum rates_stage stage = keeper->config->rates.stage;
	uint64_t off;

	if (stage_watch_look(&keeper->stage, count_stages(), &off))
		log_warning("rates count nothing: rates.stage wants requests "
			    "at %s, and of %llu none was; add "
			    "check_policy_service to %s, or see "
			    "policyd --check-postfix", stage_state(stage),
		    (unsigned long long)off, stage_parameter(stage));
}

/* Tell the store what was counted and noted. */
static void
tend_chronicle(struct housekeeper *keeper, bool is_last)
{
	int64_t patience_ms = is_last ? LAST_PATIENCE_MS : PATIENCE_MS;

	if (!keeper->is_schema_ready)
		return;
	chronicle_look(&keeper->chronicle, keeper->store, is_last,
	    clock_mono_ms() + patience_ms);
	note_taker_look(&keeper->notes, keeper->store, is_last,
	    clock_mono_ms() + patience_ms);
}

/* Wait for the master's order, and hear meanwhile what others change. */
static bool
is_ordered(struct housekeeper *keeper, struct poller *poller, int wait_ms)
{
	int64_t until_ms = clock_mono_ms() + wait_ms;

	do {
		int left_ms = clock_left_ms(until_ms);
		int hear_ms = keeper->is_schema_ready ?
		    hearer_look(&keeper->hearer) : left_ms;
		void *tag;

		if (poller_wait(poller, &tag, 1,
			hear_ms < left_ms ? hear_ms : left_ms) > 0 &&
		    tag == keeper)
			return true;
	} while (clock_left_ms(until_ms) > 0 && !poller_is_told());
	return false;
}

static bool
goes_on(struct housekeeper *keeper, struct poller *poller)
{
	int store_ms = store_tend(keeper->store);
	int wait_ms = store_ms >= 0 && store_ms < TICK_MS ? store_ms :
							    TICK_MS;

	int probe_ms = probe(keeper);

	if (probe_ms < wait_ms)
		wait_ms = probe_ms;
	if (keeper->is_schema_ready) {
		int step_ms = known_blocks_step(&keeper->blocks,
		    keeper->store);

		if (step_ms < wait_ms)
			wait_ms = step_ms;
	}
	known_blocks_write(&keeper->blocks, false);
	vitals_tell(&keeper->vitals, keeper->is_schema_ready);
	seat_alive(keeper->seat);
	if (!is_ordered(keeper, poller, wait_ms))
		return !poller_is_told();
	return seat_order(keeper->seat) == SEAT_STAY;
}

int
housekeeper_run(const struct seat *seat)
{
	struct housekeeper keeper = { .seat = seat,
		.config = seat->load->config, .shared = seat->load->shared,
		.schema_every_ms = SCHEMA_FIRST_MS };
	struct poller *poller = poller_new();

	if (poller == NULL ||
	    poller_add(poller, seat->master_fd, INTEREST_READ, &keeper) !=
		0) {
		log_error("epoll: %s", strerror(errno));
		poller_free(poller);
		return EX_OSERR;
	}
	keeper.store = store_of(keeper.config);
	store_join(keeper.store, keeper.shared->news, true);
	store_heed(keeper.store, seat->master_fd);
	geoip_watch_start(&keeper.geoip, seat->load);
	chronicle_start(&keeper.chronicle, seat->load);
	vitals_start(&keeper.vitals, seat->load);
	note_taker_start(&keeper.notes, keeper.shared->noted);
	stage_watch_start(&keeper.stage, keeper.config, count_stages());
	poller_catch_term();
	known_blocks_start(&keeper.blocks, keeper.shared->blocked,
	    keeper.config);
	hearer_start(&keeper.hearer, keeper.store, keeper.shared,
	    &keeper.blocks, poller, keeper.config);
	/* A store that is slow or away keeps no server from starting. */
	seat_ready(seat);
	do {
		tend_schema(&keeper);
		tend_blocks(&keeper);
		if (geoip_watch_look(&keeper.geoip))
			kill(getppid(), SIGUSR2); /* the master loads it */
		tend_stage(&keeper);
		tend_chronicle(&keeper, false);
	} while (goes_on(&keeper, poller));
	/* What came since the last look is told, and kept, too. */
	tend_stage(&keeper);
	tend_chronicle(&keeper, true);
	known_blocks_write(&keeper.blocks, true);
	geoip_watch_stop(&keeper.geoip);
	store_close(keeper.store);
	poller_free(poller);
	return EX_OK;
}
