/*
 * v1_blocks_search.c -- GET /v1/blocks with something to search or sort by.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/v1_blocks_search.h"

#include "admin/admin.h"
#include "admin/exchange.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/mem.h"
#include "policy/block_json.h"
#include "store/search.h"

#include <inttypes.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 100, CAUSES_MOST = 64 };

const struct parameter v1_blocks_parameters[] = { { "after", 0 },
	{ "limit", 1000 }, { "would", 1 }, { "search", 0 }, { "domain", 0 }, { "cause", 0 },
	{ "country", 0 }, { "since", 0 }, { "order", 0 }, { NULL, 0 } };

bool
v1_blocks_search_is_meant(const struct exchange *exchange)
{
	const struct parameter *p = v1_blocks_parameters;

	while (strcmp(p->name, "search") != 0)
		p++;
	for (; p->name != NULL; p++)
		if (exchange_query(exchange, p->name) != NULL)
			return true;
	return false;
}

static const char *
text_of(const struct exchange *exchange, const char *name)
{
	const char *text = exchange_query(exchange, name);

	return text != NULL ? text : "";
}

static enum cause
cause_of(const char *name)
{
	int i = 1;

	while (i < CAUSES_MOST && strcmp(cause_name((enum cause)i), name) != 0)
		i++;
	return i < CAUSES_MOST ? (enum cause)i : CAUSE_NONE;
}

static int
read_order(struct exchange *exchange, struct block_search *search)
{
	const char *order = text_of(exchange, "order");
	int i = 0;

	while (i < BLOCK_ORDERS && order[0] != '\0' &&
	    strcmp(block_orders[i], order) != 0)
		i++;
	if (i == BLOCK_ORDERS) {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST, "order: "
		    "allowed are account, newest, oldest, end, refused, cause "
		    "and country");
		return -1;
	}
	search->order = (enum block_order)i;
	return 0;
}

/* "KEY/ACCOUNT", as next told it. */
static int
read_after(struct exchange *exchange, struct block_search *search)
{
	const char *after = exchange_query(exchange, "after");
	char *end = NULL;

	search->after = "";
	search->after_key = BLOCK_SEARCH_START_KEY;
	if (after == NULL || after[0] == '\0')
		return 0;
	search->after_key = strtoll(after, &end, 10);
	if (end == after || *end != '/') {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "after: allowed is what next told");
		return -1;
	}
	search->after = end + 1;
	return 0;
}

static int
read_search(struct exchange *exchange, struct block_search *search)
{
	const char *cause = text_of(exchange, "cause");
	const char *since = text_of(exchange, "since");
	int64_t since_s = since[0] != '\0' ? duration_parse(since) : 0;

	search->text = text_of(exchange, "search");
	search->domain = text_of(exchange, "domain");
	if (search->domain[0] == '@')
		search->domain++;
	search->country = text_of(exchange, "country");
	search->most = (size_t)exchange_number(exchange, "limit", PAGE);
	search->cause = cause[0] != '\0' ? cause_of(cause) : CAUSE_NONE;
	if (since_s < 0) {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "since: allowed is a duration such as \"24h\"");
		return -1;
	}
	search->since_ms = since_s == 0 ? 0 : clock_wall_ms() - since_s * 1000;
	if (cause[0] != '\0' && search->cause == CAUSE_NONE) {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "cause: there is none called \"%.60s\"", cause);
		return -1;
	}
	if (read_order(exchange, search) != 0)
		return -1;
	return read_after(exchange, search);
}

/* How many there are, and what there is to choose from. */
static int
add_choices(struct admin *admin, const struct block_search *search,
    json_t *answer)
{
	struct block_causes *causes = NULL;
	struct block_countries *countries = NULL;
	size_t cause_count = 0, country_count = 0;
	uint64_t total;
	json_t *by_cause = json_array();
	json_t *by_country = json_array();
	int result = -1;

	if (store_count_blocks(admin->desk.store, search, &total,
		admin_deadline()) == STORE_DONE &&
	    store_block_choices(admin->desk.store, &causes, &cause_count,
		&countries, &country_count, admin_deadline()) == STORE_DONE) {
		json_object_set_new(answer, "total",
		    json_integer((json_int_t)total));
		result = 0;
	}
	for (size_t i = 0; i < cause_count; i++)
		json_array_append_new(by_cause, json_pack("{ss ss? sI}",
		    "cause", cause_name(causes[i].cause), "words",
		    cause_words(causes[i].cause), "blocks",
		    (json_int_t)causes[i].count));
	for (size_t i = 0; i < country_count; i++)
		json_array_append_new(by_country, json_pack("{ss sI}",
		    "country", countries[i].country, "blocks",
		    (json_int_t)countries[i].count));
	json_object_set_new(answer, "causes", by_cause);
	json_object_set_new(answer, "countries", by_country);
	free(causes);
	free(countries);
	return result;
}

static json_t *
next_of(const struct block_search *search, const struct found_block *blocks,
    size_t count)
{
	char *text;
	json_t *next;

	if (count < search->most)
		return json_null();
	text = mem_printf("%" PRId64 "/%s", blocks[count - 1].key,
	    blocks[count - 1].block.account);
	next = json_string(text);
	free(text);
	return next;
}

void
v1_blocks_search(struct admin *admin, struct exchange *exchange)
{
	struct block_search search;
	struct found_block *blocks = NULL;
	size_t count = 0;
	json_t *array, *answer;

	if (read_search(exchange, &search) != 0)
		return;
	if (store_search_blocks(admin->desk.store, &search, &blocks, &count,
		admin_deadline()) != STORE_DONE) {
		exchange_no_store(exchange);
		return;
	}
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, show_block(&blocks[i].block));
	answer = json_pack("{so so}", "blocks", array, "next",
	    next_of(&search, blocks, count));
	for (size_t i = 0; i < count; i++)
		block_clear(&blocks[i].block);
	free(blocks);
	if (search.after[0] == '\0' &&
	    add_choices(admin, &search, answer) != 0) {
		json_decref(answer);
		exchange_no_store(exchange);
		return;
	}
	exchange_json(exchange, MHD_HTTP_OK, answer);
}
