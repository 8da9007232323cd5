/*
 * v1_countries.c -- /v1/countries: where logins and blocks came from lately.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/v1_countries.h"

#include "admin/admin.h"
#include "admin/exchange.h"
#include "base/clock.h"
#include "policy/block_json.h"
#include "policy/time_json.h"
#include "store/countries_seen.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

enum { HOURS = 24, HOURS_MOST = 720, ACCOUNTS_MOST = 500 };

const struct parameter v1_countries_parameters[] = { { "hours", HOURS_MOST },
	{ NULL, 0 } };

static uint32_t
hours_of(const struct exchange *exchange)
{
	return (uint32_t)exchange_number(exchange, "hours", HOURS);
}

static int64_t
deadline(void)
{
	return clock_mono_ms() + ADMIN_LONG_PATIENCE_MS;
}

void
v1_countries_list(struct admin *admin, struct exchange *exchange)
{
	struct country_seen *countries;
	size_t count;
	json_t *array;

	if (store_countries(admin->desk.store, hours_of(exchange) * 3600,
		&countries, &count, deadline()) != STORE_DONE) {
		exchange_no_store(exchange);
		free(countries);
		return;
	}
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_pack("{ss sI sI sI}",
		    "country", countries[i].country, "accounts",
		    (json_int_t)countries[i].accounts, "networks",
		    (json_int_t)countries[i].networks, "blocks",
		    (json_int_t)countries[i].blocks));
	free(countries);
	exchange_json(exchange, MHD_HTTP_OK, json_pack("{si so}", "hours",
	    (int)hours_of(exchange), "countries", array));
}

void
v1_countries_show(struct admin *admin, struct exchange *exchange)
{
	const char *country = strcmp(exchange->rest, "-") == 0 ? "" :
	    exchange->rest;
	struct country_account *accounts;
	struct block *blocks;
	size_t account_count, block_count;
	json_t *seen = json_array();
	json_t *blocked = json_array();
	enum store_result result = store_country(admin->desk.store, country,
	    hours_of(exchange) * 3600, ACCOUNTS_MOST, &accounts,
	    &account_count, &blocks, &block_count, deadline());

	for (size_t i = 0; i < account_count; i++) {
		json_array_append_new(seen, json_pack("{ss sI so}",
		    "account", accounts[i].account, "networks",
		    (json_int_t)accounts[i].networks, "last",
		    show_time(accounts[i].last_ms)));
		country_account_clear(&accounts[i]);
	}
	for (size_t i = 0; i < block_count; i++) {
		json_array_append_new(blocked, show_block(&blocks[i]));
		block_clear(&blocks[i]);
	}
	free(accounts);
	free(blocks);
	if (result == STORE_DONE) {
		exchange_json(exchange, MHD_HTTP_OK,
		    json_pack("{ss si so so}", "country", country, "hours",
			(int)hours_of(exchange), "accounts", seen, "blocks",
			blocked));
		return;
	}
	json_decref(seen);
	json_decref(blocked);
	exchange_no_store(exchange);
}
