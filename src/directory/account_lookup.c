/*
 * account_lookup.c -- which account a name belongs to, by LDAP if it is on.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "directory/account_lookup.h"

#include "base/addr.h"
#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/mem.h"
#include "directory/directory.h"
#include "directory/name_cache.h"

#include <stdlib.h>
#include <string.h>

/* About 3 MB in each worker when it is full. */
enum { CACHE_NAMES = 16384 };

struct accounts {
	const struct ldap_options *options;
	struct directory *directory;	/* NULL: no LDAP */
	struct cache *cache;
	unsigned round;			/* of questions; marks cache entries */
	struct query questions[DIRECTORY_BATCH];
	size_t question_count;
};

struct accounts *
accounts_open(const struct ldap_options *options)
{
	struct accounts *accounts = mem_new(1, sizeof(*accounts));

	accounts->options = options;
	if (!options->enabled)
		return accounts;
	accounts->directory = directory_open(options);
	if (accounts->directory == NULL) {
		free(accounts);
		return NULL;
	}
	accounts->cache = cache_new(CACHE_NAMES);
	return accounts;
}

void
accounts_close(struct accounts *accounts)
{
	if (accounts == NULL)
		return;
	directory_close(accounts->directory);
	cache_free(accounts->cache);
	free(accounts);
}

/* "@domain" and client addresses are no accounts. */
static bool
is_askable(const char *name)
{
	struct addr addr;

	return *name != '\0' && *name != '@' && addr_parse(name, &addr) != 0;
}

/*
 * Make a question of a name that is not known well enough. A round has fewer
 * names than the cache, so that none of its entries gives way to another.
 */
static void
prepare(struct accounts *accounts, const char *name, int64_t now_ms)
{
	struct cache_entry *entry;
	struct query *question;

	if (!is_askable(name))
		return;
	entry = cache_add(accounts->cache, name);
	if (entry->mark == accounts->round)
		return;
	if (entry->state != CACHE_EMPTY && now_ms < entry->fresh_until_ms) {
		counters_add(STAT_LDAP_CACHED, 1);
		return;
	}
	entry->mark = accounts->round;
	question = &accounts->questions[accounts->question_count++];
	*question = (struct query){ .name = name, .state = QUERY_OPEN };
}

/* Say once for each name that the directory is ambiguous about it. */
static void
tell_ambiguous(struct cache_entry *entry, const struct query *question)
{
	if (question->values < 2 || entry->is_told)
		return;
	entry->is_told = true;
	log_warning("LDAP: %s belongs to several accounts; %s, the first in "
		    "order, is taken",
	    question->name, question->value);
}

static void
remember(struct accounts *accounts, const struct query *question)
{
	struct cache_entry *entry = cache_find(accounts->cache, question->name);
	int64_t until_ms =
	    clock_mono_ms() + (int64_t)accounts->options->cache_s * 1000;

	switch (question->state) {
	case QUERY_FOUND:
		tell_ambiguous(entry, question);
		cache_set(entry, CACHE_FOUND, question->value, until_ms);
		break;
	case QUERY_NONE:
		cache_set(entry, CACHE_NONE, NULL, until_ms);
		break;
	case QUERY_OPEN:
	case QUERY_FAILED:
		break; /* what it said before is better than nothing */
	}
}

/* Answer from the cache, which holds all that could be found out. */
static void
settle(struct accounts *accounts, struct account_query *query)
{
	struct cache_entry *entry;

	query->result = ACCOUNT_KEPT;
	if (!is_askable(query->name))
		return;
	entry = cache_find(accounts->cache, query->name);
	if (entry == NULL)
		return;
	switch (entry->state) {
	case CACHE_FOUND:
		strcpy(query->name, entry->value); /* shorter than the size */
		query->result = ACCOUNT_FOUND;
		break;
	case CACHE_NONE:
		if (accounts->options->unknown == UNKNOWN_SKIP)
			query->result = ACCOUNT_SKIPPED;
		break;
	case CACHE_EMPTY:
		break;
	}
}

/* Resolve as many as one round of questions takes; how many that were. */
static size_t
resolve_some(struct accounts *accounts, struct account_query *queries,
    size_t count, int64_t deadline_ms)
{
	int64_t now_ms = clock_mono_ms();
	size_t done = 0;

	accounts->round++;
	accounts->question_count = 0;
	while (done < count && done < CACHE_NAMES &&
	       accounts->question_count < DIRECTORY_BATCH)
		prepare(accounts, queries[done++].name, now_ms);
	if (accounts->question_count > 0)
		directory_ask(accounts->directory, accounts->questions,
		    accounts->question_count, deadline_ms);
	for (size_t i = 0; i < accounts->question_count; i++)
		remember(accounts, &accounts->questions[i]);
	for (size_t i = 0; i < done; i++)
		settle(accounts, &queries[i]);
	return done;
}

void
accounts_resolve(struct accounts *accounts, struct account_query *queries,
    size_t count, int64_t deadline_ms)
{
	if (accounts->directory == NULL) {
		for (size_t i = 0; i < count; i++)
			queries[i].result = ACCOUNT_KEPT;
		return;
	}
	for (size_t done = 0; done < count;)
		done += resolve_some(accounts, queries + done, count - done,
		    deadline_ms);
}
