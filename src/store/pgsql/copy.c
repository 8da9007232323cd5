/*
 * copy.c -- carry what PostgreSQL holds over to another store and back.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/pgsql.h"

#include "base/mem.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Run a statement whose one parameter is an array of JSON. */
static enum store_result
load(struct store_pgsql *self, json_t *rows, const char *sql,
    int64_t deadline_ms)
{
	char *text = json_dumps(rows, JSON_COMPACT);
	PGresult *result;

	json_decref(rows);
	params_clear(&self->params);
	params_text(&self->params, text);
	result = pgsql_run(self, sql, deadline_ms);
	free(text);
	PQclear(result);
	return result != NULL ? STORE_DONE : STORE_FAILED;
}

static json_t *
account_json(const struct saved_account *account)
{
	const struct block *block = &account->block;
	json_t *row = json_pack("{ss sI sb}", "account", account->account,
	    "since", (json_int_t)account->since_ms, "has_block",
	    account->has_block);

	if (account->has_block)
		json_object_update_new(row, json_pack(
		    "{si sI sI sI ss sI sI sI sI ss ss}",
		    "cause", (int)block->cause,
		    "found", (json_int_t)block->found,
		    "allowed", (json_int_t)block->limit,
		    "per_s", (json_int_t)block->per_s,
		    "note", block->note,
		    "began", (json_int_t)block->began_ms,
		    "until", (json_int_t)block->until_ms,
		    "ended", (json_int_t)block->ended_ms,
		    "attempts", (json_int_t)block->attempts,
		    "client", block->client,
		    "country", block->country));
	return row;
}

enum store_result
pgsql_load_accounts(void *opaque, const struct saved_account *accounts,
    size_t count, int64_t deadline_ms)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(rows, account_json(&accounts[i]));
	return load(opaque, rows, "SELECT policyd.load_accounts($1)",
	    deadline_ms);
}

enum store_result
pgsql_load_logins(void *opaque, const struct saved_login *logins, size_t count,
    int64_t deadline_ms)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < count; i++) {
		char network[ADDR_TEXT_SIZE];

		json_array_append_new(rows, json_pack("{ss ss ss sI sI sI sI}",
		    "account", logins[i].account,
		    "network", addr_format(&logins[i].network, network),
		    "country", logins[i].country,
		    "first", (json_int_t)logins[i].first_ms,
		    "last", (json_int_t)logins[i].last_ms,
		    "mails", (json_int_t)logins[i].mails,
		    "asn", (json_int_t)logins[i].asn));
	}
	return load(opaque, rows, "SELECT policyd.load_logins($1)",
	    deadline_ms);
}
