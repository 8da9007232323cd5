/*
 * countries_seen.c -- where accounts logged in, and were blocked, lately.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/countries_seen.h"

#include "base/mem.h"
#include "store/block_row.h"
#include "store/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
take_seen(struct store *store, void *row)
{
	struct country_seen *seen = row;

	snprintf(seen->country, sizeof(seen->country), "%s",
	    query_text(store, 0));
	seen->accounts = (uint64_t)query_number(store, 1);
	seen->networks = (uint64_t)query_number(store, 2);
}

static void
take_blocked(struct store *store, void *row)
{
	struct country_seen *seen = row;

	snprintf(seen->country, sizeof(seen->country), "%s",
	    query_text(store, 0));
	seen->blocks = (uint64_t)query_number(store, 1);
}

/* Both lists are in order of the code: make one of them. */
static struct country_seen *
merge(const struct query_list *seen, const struct query_list *blocked,
    size_t *count)
{
	const struct country_seen *one = seen->rows;
	const struct country_seen *other = blocked->rows;
	struct country_seen *all = mem_new(seen->count + blocked->count + 1,
	    sizeof(*all));
	size_t i = 0, k = 0, n = 0;

	while (i < seen->count || k < blocked->count) {
		int order = i == seen->count ? 1 : k == blocked->count ? -1 :
		    strcmp(one[i].country, other[k].country);

		if (order > 0) {
			all[n++] = other[k++];
			continue;
		}
		all[n] = one[i++];
		if (order == 0)
			all[n].blocks = other[k++].blocks;
		n++;
	}
	*count = n;
	return all;
}

enum store_result
store_countries(struct store *store, uint32_t seconds,
    struct country_seen **countries, size_t *count, int64_t deadline_ms)
{
	struct query_list seen = { .size = sizeof(**countries),
		.take = take_seen };
	struct query_list blocked = { .size = sizeof(**countries),
		.take = take_blocked };
	enum store_result result = query_all(store, &seen, ACCESS_READ,
	    deadline_ms, "countries_seen", VALUE_NOW, VALUE_NUMBER(seconds));

	if (result == STORE_DONE)
		result = query_all(store, &blocked, ACCESS_READ, deadline_ms,
		    "countries_blocked", VALUE_NOW, VALUE_NUMBER(seconds));
	*countries = merge(&seen, &blocked, count);
	free(seen.rows);
	free(blocked.rows);
	return result;
}

static void
take_account(struct store *store, void *row)
{
	struct country_account *account = row;

	account->account = query_copy(store, 0);
	account->networks = (uint64_t)query_number(store, 1);
	account->last_ms = query_number(store, 2);
}

static void
clear_account(void *row)
{
	country_account_clear(row);
}

enum store_result
store_country(struct store *store, const char *country, uint32_t seconds,
    size_t most, struct country_account **accounts, size_t *account_count,
    struct block **blocks, size_t *block_count, int64_t deadline_ms)
{
	struct query_list first = { .size = sizeof(**accounts),
		.take = take_account, .clear = clear_account };
	struct query_list second = block_list();
	enum store_result result = query_all(store, &first, ACCESS_READ,
	    deadline_ms, "country_accounts", VALUE_TEXT(country), VALUE_NOW,
	    VALUE_NUMBER(seconds), VALUE_NUMBER(most));

	if (result == STORE_DONE)
		result = query_all(store, &second, ACCESS_READ, deadline_ms,
		    "country_blocks", VALUE_TEXT(country), VALUE_NOW,
		    VALUE_NUMBER(seconds), VALUE_NUMBER(most));
	*accounts = first.rows;
	*account_count = first.count;
	*blocks = second.rows;
	*block_count = second.count;
	return result;
}

void
country_account_clear(struct country_account *account)
{
	free(account->account);
	memset(account, 0, sizeof(*account));
}
