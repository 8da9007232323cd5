/*
 * v1_blocks.c -- /v1/blocks: who is blocked; block and unblock.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/v1_blocks.h"

#include "admin/admin.h"
#include "admin/exchange.h"
#include "admin/v1_blocks_search.h"
#include "base/counters.h"
#include "base/duration.h"
#include "policy/block_json.h"
#include "store/would_block.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 100, REASON_MAX = 127 };

const char *const v1_blocks_keys[] = { "duration", "reason", NULL };

void
v1_blocks_list(struct admin *admin, struct exchange *exchange)
{
	const char *after = exchange_query(exchange, "after");
	int64_t most = exchange_number(exchange, "limit", PAGE);
	enum store_result (*list)(struct store *, const char *, size_t,
	    struct block **, size_t *, int64_t) =
	    exchange_query(exchange, "would") != NULL ? store_list_would :
							store_list_blocked;
	struct block *blocks = NULL;
	size_t count = 0;
	json_t *array;

	if (v1_blocks_search_is_meant(exchange)) {
		if (exchange_query(exchange, "would") != NULL) {
			exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
			    "would: allowed are after and limit beside it");
			return;
		}
		v1_blocks_search(admin, exchange);
		return;
	}
	if (list(admin->desk.store, after != NULL ? after : "", (size_t)most,
		&blocks, &count, admin_deadline()) != STORE_DONE) {
		exchange_no_store(exchange);
		return;
	}
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, show_block(&blocks[i]));
	exchange_json(exchange, MHD_HTTP_OK, json_pack("{so so}", "blocks",
	    array, "next", count == (size_t)most ?
	    json_string(blocks[count - 1].account) : json_null()));
	for (size_t i = 0; i < count; i++)
		block_clear(&blocks[i]);
	free(blocks);
}

/* Answer with the block that holds, if there is one. */
static void
show(struct admin *admin, struct exchange *exchange, const char *account,
    unsigned status)
{
	struct account_record record;

	if (store_account(admin->desk.store, account,
		configured_find(admin->desk.overrides, account), 1, &record,
		admin_deadline()) != STORE_DONE)
		exchange_no_store(exchange);
	else if (account_record_is_blocked(&record))
		exchange_json(exchange, status, show_block(&record.block));
	else
		exchange_problem(exchange, MHD_HTTP_NOT_FOUND,
		    "%s is not blocked", account);
	account_record_clear(&record);
}

void
v1_blocks_show(struct admin *admin, struct exchange *exchange)
{
	char account[ACCOUNT_SIZE];

	if (admin_account(admin, exchange, exchange->rest, true, account) == 0)
		show(admin, exchange, account, MHD_HTTP_OK);
}

/* Seconds from {"duration": "24h" or 86400}; absent: block.duration. */
static int64_t
read_duration(const struct admin *admin, const json_t *value)
{
	int64_t seconds = -1;

	if (value == NULL || json_is_null(value))
		seconds = admin->config->block.duration_s;
	else if (json_is_string(value))
		seconds = duration_parse(json_string_value(value));
	else if (json_is_integer(value))
		seconds = json_integer_value(value);
	return seconds <= INT32_MAX ? seconds : -1;
}

void
v1_blocks_put(struct admin *admin, struct exchange *exchange)
{
	const json_t *reason = json_object_get(exchange->json, "reason");
	const char *note = json_string_value(reason);
	int64_t seconds = read_duration(admin,
	    json_object_get(exchange->json, "duration"));
	char account[ACCOUNT_SIZE];

	if (admin_account(admin, exchange, exchange->rest, true, account) != 0)
		return;
	if (account[0] == '@') {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "accounts are blocked, not domains");
		return;
	}
	if (seconds < 0) {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST, "duration: "
		    "allowed are seconds, a duration such as \"24h\", or null "
		    "for block.duration; 0 blocks until it is unblocked");
		return;
	}
	if ((reason != NULL && !json_is_null(reason) && note == NULL) ||
	    (note != NULL && strlen(note) > REASON_MAX)) {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "reason: allowed is a text of at most %d bytes",
		    REASON_MAX);
		return;
	}
	if (store_block(admin->desk.store, account, (uint32_t)seconds,
		note != NULL ? note : "", admin_deadline()) != STORE_DONE)
		exchange_no_store(exchange);
	else {
		counters_add(STAT_BLOCKS_8, 1); /* CAUSE_MANUAL */
		show(admin, exchange, account, MHD_HTTP_OK);
	}
}

/* ?learn=true; -1: it is neither that nor false, and answered. */
static int
read_learn(struct exchange *exchange)
{
	const char *value = exchange_query(exchange, "learn");

	if (value == NULL || strcmp(value, "false") == 0)
		return 0;
	if (strcmp(value, "true") == 0)
		return 1;
	exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
	    "learn: allowed is true or false");
	return -1;
}

void
v1_blocks_delete(struct admin *admin, struct exchange *exchange)
{
	const char *reason = exchange_query(exchange, "reason");
	int learns = read_learn(exchange);
	unsigned learned = 0;
	enum store_result result;
	char account[ACCOUNT_SIZE];

	if (learns < 0 || admin_account(admin, exchange, exchange->rest, true,
		account) != 0)
		return;
	if (reason != NULL && strlen(reason) > REASON_MAX) {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "reason: allowed is a text of at most %d bytes",
		    REASON_MAX);
		return;
	}
	result = learns ? store_unblock_learning(admin->desk.store, account,
	    reason, &learned, admin_deadline()) :
	    store_unblock_because(admin->desk.store, account, reason,
		admin_deadline());
	if (result == STORE_FAILED)
		exchange_no_store(exchange);
	else if (result == STORE_DONE || learned > 0)
		exchange_empty(exchange, MHD_HTTP_NO_CONTENT);
	else
		exchange_problem(exchange, MHD_HTTP_NOT_FOUND,
		    learns ? "%s is not blocked, and no place of its last 24 "
		    "hours is new" : "%s is not blocked", account);
}
