/*
 * block_row.c -- a block as the statements blocks_held and save_blocks tell it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/block_row.h"

#include <stdio.h>

void
block_take_row(struct store *store, struct block *block)
{
	block->account = query_copy(store, 0);
	block->cause = (enum cause)query_number(store, 1);
	block->found = (uint32_t)query_number(store, 2);
	block->limit = (uint32_t)query_number(store, 3);
	block->per_s = (uint32_t)query_number(store, 4);
	block->note = query_copy(store, 5);
	block->began_ms = query_number(store, 6);
	block->until_ms = query_number(store, 7);
	block->ended_ms = query_number(store, 8);
	block->attempts = (uint64_t)query_number(store, 9);
	snprintf(block->client, sizeof(block->client), "%s",
	    query_text(store, 10));
	snprintf(block->country, sizeof(block->country), "%s",
	    query_text(store, 11));
}

static void
take_block(struct store *store, void *row)
{
	block_take_row(store, row);
}

static void
clear_block(void *row)
{
	block_clear(row);
}

struct query_list
block_list(void)
{
	return (struct query_list){ .size = sizeof(struct block),
		.take = take_block, .clear = clear_block };
}

enum store_result
store_list_blocked(struct store *store, const char *after, size_t most,
    struct block **blocks, size_t *count, int64_t deadline_ms)
{
	struct query_list list = block_list();
	enum store_result result = query_all(store, &list, ACCESS_READ,
	    deadline_ms, "blocks_held", VALUE_TEXT(after), VALUE_NOW,
	    VALUE_NUMBER(most));

	*blocks = list.rows;
	*count = list.count;
	return result;
}
