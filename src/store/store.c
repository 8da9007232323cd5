/*
 * store.c -- the seam to the store: which side, and what both share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/store.h"

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/cleaning.h"
#include "store/mode_change.h"
#include "store/round.h"
#include "store/side.h"
#include "store/warm_up.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct store *
store_open(const struct store_setup *setup)
{
	struct store *store = mem_new(1, sizeof(*store));

	store->setup = *setup;
	store->side = strncmp(setup->store->url, "sqlite:", 7) == 0 ?
	    &store_sqlite : &store_pgsql;
	store->self = store->side->open(&store->setup);
	store->round = round_new(&store->setup, store->side, store->self);
	return store;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	round_free(store->round);
	store->side->close(store->self);
	free(store->owner);
	free(store);
}

void
store_join(struct store *store, struct store_news *news, bool is_prober)
{
	struct trouble *trouble = store->side->trouble(store->self);

	store->news = news;
	trouble->news = news;
	trouble->is_prober = is_prober;
}

void
store_heed(struct store *store, int fd)
{
	struct trouble *trouble = store->side->trouble(store->self);

	trouble->heeds_stop = true;
	trouble->stop_fd = fd;
}

void
store_share(struct store *store, struct recent *recent)
{
	if (store->side->share != NULL)
		store->side->share(store->self, recent);
}

int
store_tend(struct store *store)
{
	return store->side->tend(store->self);
}

enum store_result
store_init(struct store *store, bool may_create, int64_t deadline_ms)
{
	return store->side->init(store->self, may_create, deadline_ms);
}

enum store_result
store_init_proxy(struct store *store, int64_t deadline_ms)
{
	if (store->side->init_proxy != NULL)
		return store->side->init_proxy(store->self, deadline_ms);
	log_error("store: only a PostgreSQL database can be a proxy");
	return STORE_NONE;
}

void
store_check(struct store *store, struct check *checks, size_t count,
    int64_t deadline_ms)
{
	if (mode_change_take(store, deadline_ms) != STORE_DONE) {
		for (size_t i = 0; i < count; i++)
			checks[i].result = STORE_FAILED;
		return;
	}
	store->setup.fresh_ms = mode_change_ms(store);
	warm_up_look(store, deadline_ms);
	round_check(store->round, checks, count, deadline_ms);
}

void
store_missed(struct store *store)
{
	trouble_miss(store->side->trouble(store->self));
}

void
store_play(struct store *store, int64_t since_ms, bool is_learning)
{
	store->setup.history_since_ms = since_ms;
	store->setup.is_learning = is_learning;
}

enum store_result
store_clean(struct store *store, uint32_t retention_s, unsigned batch,
    struct cleaned *cleaned, int64_t deadline_ms)
{
	const struct cleaning cleaning = {
		.store = store,
		.retention_s = retention_s,
		.keeps_hits = store->setup.report->enabled,
		.most = batch,
		.deadline_ms = deadline_ms,
	};

	memset(cleaned, 0, sizeof(*cleaned));
	return cleaning_run(&cleaning, cleaned);
}

void
block_clear(struct block *block)
{
	free(block->account);
	free(block->note);
	memset(block, 0, sizeof(*block));
}

size_t
store_channels(const struct notify_options *notify, bool is_block,
    const char *names[CHANNELS_MAX])
{
	size_t count = 0;

	if (!notify->enabled ||
	    !(is_block ? notify->on_block : notify->on_unblock))
		return 0;
	if (notify->to.count > 0)
		names[count++] = "mail";
	if (notify->account)
		names[count++] = "account";
	if (notify->exec.count > 0)
		names[count++] = "exec";
	if (notify->webhook[0] != '\0')
		names[count++] = "webhook";
	return count;
}

const char *
store_server_name(void)
{
	static char name[256];

	if (name[0] == '\0' && gethostname(name, sizeof(name) - 1) != 0)
		strcpy(name, "localhost");
	return name;
}
