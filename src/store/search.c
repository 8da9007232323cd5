/*
 * search.c -- find, sort and count the blocks that hold.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/search.h"

#include "store/block_row.h"
#include "store/query.h"

#include <stdio.h>
#include <stdlib.h>

const char *const block_orders[BLOCK_ORDERS] = {
	[BLOCKS_BY_ACCOUNT] = "account",
	[BLOCKS_NEWEST] = "newest",
	[BLOCKS_OLDEST] = "oldest",
	[BLOCKS_BY_END] = "end",
	[BLOCKS_BY_REFUSED] = "refused",
	[BLOCKS_BY_CAUSE] = "cause",
	[BLOCKS_BY_COUNTRY] = "country",
};

static void
take_block(struct store *store, void *row)
{
	struct found_block *found = row;

	block_take_row(store, &found->block);
	found->key = query_number(store, 12);
}

static void
clear_block(void *row)
{
	block_clear(&((struct found_block *)row)->block);
}

enum store_result
store_search_blocks(struct store *store, const struct block_search *search,
    struct found_block **blocks, size_t *count, int64_t deadline_ms)
{
	struct query_list list = { .size = sizeof(**blocks),
		.take = take_block, .clear = clear_block };
	enum store_result result = query_all(store, &list, ACCESS_READ,
	    deadline_ms, "blocks_found", VALUE_NOW, VALUE_TEXT(search->text),
	    VALUE_TEXT(search->domain), VALUE_TEXT(search->country),
	    VALUE_NUMBER(search->cause), VALUE_NUMBER(search->since_ms),
	    VALUE_NUMBER(search->order), VALUE_NUMBER(search->after_key),
	    VALUE_TEXT(search->after), VALUE_NUMBER(search->most));

	*blocks = list.rows;
	*count = list.count;
	return result;
}

enum store_result
store_count_blocks(struct store *store, const struct block_search *search,
    uint64_t *count, int64_t deadline_ms)
{
	int64_t number = 0;
	int worked = query_begin(store, ACCESS_READ, deadline_ms);

	if (worked == 0)
		worked = query(store, "blocks_counted", VALUE_NOW,
		    VALUE_TEXT(search->text), VALUE_TEXT(search->domain),
		    VALUE_TEXT(search->country), VALUE_NUMBER(search->cause),
		    VALUE_NUMBER(search->since_ms));
	if (worked == 0)
		worked = query_one(store, 0, &number);
	*count = (uint64_t)number;
	return query_end(store, worked);
}

static void
take_cause(struct store *store, void *row)
{
	struct block_causes *causes = row;

	causes->cause = (enum cause)query_number(store, 0);
	causes->count = (uint64_t)query_number(store, 1);
}

static void
take_country(struct store *store, void *row)
{
	struct block_countries *countries = row;

	snprintf(countries->country, sizeof(countries->country), "%s",
	    query_text(store, 0));
	countries->count = (uint64_t)query_number(store, 1);
}

enum store_result
store_block_choices(struct store *store, struct block_causes **causes,
    size_t *cause_count, struct block_countries **countries,
    size_t *country_count, int64_t deadline_ms)
{
	struct query_list first = { .size = sizeof(**causes),
		.take = take_cause };
	struct query_list second = { .size = sizeof(**countries),
		.take = take_country };
	enum store_result result = query_all(store, &first, ACCESS_READ,
	    deadline_ms, "blocks_by_cause", VALUE_NOW);

	if (result == STORE_DONE)
		result = query_all(store, &second, ACCESS_READ, deadline_ms,
		    "blocks_by_country", VALUE_NOW);
	*causes = first.rows;
	*cause_count = first.count;
	*countries = second.rows;
	*country_count = second.count;
	return result;
}
