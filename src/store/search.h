/*
 * search.h -- find, sort and count blocks that hold; find overrides and changes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "store/store.h"

/* The numbers are those of the statement blocks_found. */
enum block_order {
	BLOCKS_BY_ACCOUNT,
	BLOCKS_NEWEST,
	BLOCKS_OLDEST,
	BLOCKS_BY_END,		/* the first to end first */
	BLOCKS_BY_REFUSED,	/* most requests refused first */
	BLOCKS_BY_CAUSE,
	BLOCKS_BY_COUNTRY,
	BLOCK_ORDERS
};
/* "account", "newest", ... */
extern const char *const block_orders[BLOCK_ORDERS];

/* What is wanted; texts are borrowed, "" is all. */
struct block_search {
	const char *text;	/* part of the account */
	const char *domain, *country;
	enum cause cause;	/* CAUSE_NONE: all */
	int64_t since_ms;	/* began then or later; 0: all */
	enum block_order order;
	/* Where it goes on: key and account of the last one found. */
	int64_t after_key;
	const char *after;
	size_t most;
};
/* Where a search begins. */
#define BLOCK_SEARCH_START_KEY INT64_MIN

struct found_block {
	struct block block;
	int64_t key;
};

/* The caller clears each block and frees the array. */
enum store_result store_search_blocks(struct store *,
    const struct block_search *, struct found_block **, size_t *count,
    int64_t deadline_ms);

/* How many there are in all, wherever it goes on. */
enum store_result store_count_blocks(struct store *,
    const struct block_search *, uint64_t *count, int64_t deadline_ms);

/* What there is to choose from, most first: causes and countries of the blocks
 * that hold. The caller frees both arrays. */
struct block_causes {
	enum cause cause;
	uint64_t count;
};
struct block_countries {
	char country[3];
	uint64_t count;
};
enum store_result store_block_choices(struct store *,
    struct block_causes **, size_t *cause_count, struct block_countries **,
    size_t *country_count, int64_t deadline_ms);

/* Overrides whose account or comment has this text, in order of account, those
 * after `after` ("" to begin). */
enum store_result store_search_overrides(struct store *, const char *text,
    const char *after, size_t most, struct stored_override **,
    size_t *count, int64_t deadline_ms);

/* Changes, as store_list_changes, whose actor, action or subject has this text. */
enum store_result store_search_changes(struct store *, const char *text,
    int64_t before, size_t most, struct change **, size_t *count,
    int64_t deadline_ms);

#endif
