/*
 * learn.c -- write what a player has learned to the real store.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "replay/learn.h"

#include "base/clock.h"
#include "base/log.h"
#include "command/print.h"
#include "command/progress.h"
#include "command/server_user.h"
#include "policy/store_of.h"
#include "store/lessons.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

enum { PAGE = 64, PAGE_MS = 60000, INIT_MS = 600000 };

static int64_t
deadline(void)
{
	return clock_mono_ms() + PAGE_MS;
}

/* Carry a page over, behind the account *after; how many it had in *count. */
static enum store_result
teach_page(struct store *from, struct store *to, char after[ACCOUNT_SIZE],
    size_t *count, struct learned *learned)
{
	struct lesson *page;
	enum store_result result = store_lessons(from, after, PAGE, &page,
	    count, deadline());

	if (result == STORE_DONE)
		result = store_teach(to, page, *count, deadline());
	for (size_t i = 0; i < *count; i++) {
		snprintf(after, ACCOUNT_SIZE, "%s", page[i].account);
		learned->accounts++;
		learned->places += page[i].history.places.count;
		learned->news += page[i].is_news;
		lesson_clear(&page[i]);
	}
	free(page);
	return result;
}

static enum store_result
teach(struct store *from, struct store *to, struct learned *learned)
{
	struct progress progress = { .next_ms = 0 };
	char after[ACCOUNT_SIZE] = "";
	enum store_result result;
	size_t count;

	do {
		result = teach_page(from, to, after, &count, learned);
		progress_tell(&progress, learned->accounts,
		    "accounts written");
	} while (result == STORE_DONE && count == PAGE);
	progress_end(&progress);
	return result;
}

static void
tell(const struct job *job, const struct learned *learned)
{
	char first[24], last[24];

	clock_format(learned->first_ms, first);
	clock_format(learned->last_ms, last);
	if (job->is_json) {
		json_t *document = json_pack("{sI sI sI sI ss ss}",
		    "mails", (json_int_t)learned->mails,
		    "accounts", (json_int_t)learned->accounts,
		    "places", (json_int_t)learned->places,
		    "changed", (json_int_t)learned->news,
		    "from", first, "to", last);

		print_json(job->out, document);
		json_decref(document);
		return;
	}
	fprintf(job->out, "learned from %llu mails, %s to %s: %llu accounts "
	    "and %llu places of theirs; %llu accounts changed in the store\n",
	    (unsigned long long)learned->mails, first, last,
	    (unsigned long long)learned->accounts,
	    (unsigned long long)learned->places,
	    (unsigned long long)learned->news);
}

int
learn_run(const struct job *job, struct player *player,
    struct learned *learned)
{
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
	    teach(player_store(player), store, learned) == STORE_DONE &&
	    store_learned_since(store, learned->first_ms, deadline()) ==
		STORE_DONE;
	store_close(store);
	if (!is_good)
		return EX_UNAVAILABLE;
	tell(job, learned);
	return EX_OK;
}
