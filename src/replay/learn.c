/*
 * learn.c -- write what a player has learned to the real store.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "replay/learn.h"

#include "base/clock.h"
#include "base/log.h"
#include "command/history_copy.h"
#include "command/print.h"
#include "command/server_user.h"
#include "policy/store_of.h"
#include "store/history_lessons.h"
#include "store/warm_up.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

enum { PATIENCE_MS = 60000, INIT_MS = 600000 };

static void
tell(const struct job *job, const struct learned *learned,
    const struct history_copied *copied)
{
	char first[24], last[24];

	clock_format(learned->first_ms, first);
	clock_format(learned->last_ms, last);
	if (job->is_json) {
		json_t *document = json_pack("{sI sI sI sI ss ss}",
		    "mails", (json_int_t)learned->mails,
		    "accounts", (json_int_t)copied->accounts,
		    "places", (json_int_t)copied->places,
		    "changed", (json_int_t)copied->news,
		    "from", first, "to", last);

		print_json(job->out, document);
		json_decref(document);
		return;
	}
	fprintf(job->out, "learned from %llu mails, %s to %s: %llu accounts "
	    "and %llu places of theirs; %llu accounts changed in the store\n",
	    (unsigned long long)learned->mails, first, last,
	    (unsigned long long)copied->accounts,
	    (unsigned long long)copied->places,
	    (unsigned long long)copied->news);
}

int
learn_run(const struct job *job, struct player *player,
    const struct learned *learned)
{
	struct history_copied copied;
	struct store *store;
	int status = server_user_become(job->config);
	bool is_good;

	if (status != EX_OK)
		return status;
	if (learned->mails == 0)
		return EX_DATAERR;
	store = store_of(job->config);
	is_good = store_init(store, job->config->store.create,
	    clock_mono_ms() + INIT_MS) == STORE_DONE &&
	    history_copy(player_store(player), store, &copied) == 0 &&
	    store_learned_since(store, learned->first_ms,
		clock_mono_ms() + PATIENCE_MS) == STORE_DONE;
	store_close(store);
	if (!is_good)
		return EX_UNAVAILABLE;
	tell(job, learned, &copied);
	return EX_OK;
}
