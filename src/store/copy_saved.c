/*
 * copy_saved.c -- what a store holds, page by page, to be carried to another.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/block_row.h"
#include "store/query.h"
#include "store/store.h"

#include "base/mem.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
take_account(struct store *store, void *row)
{
	struct saved_account *account = row;

	account->account = query_copy(store, 0);
	account->since_ms = query_number(store, 1);
}

static void
clear_account(void *row)
{
	saved_account_clear(row);
}

/* Give the accounts their blocks; both are in order of the account. */
static int
add_blocks(struct store *store, const char *after,
    const struct query_list *list)
{
	struct saved_account *accounts = list->rows;
	size_t i = 0;
	int more;

	if (list->count == 0)
		return 0;
	more = query(store, "save_blocks", VALUE_TEXT(after),
	    VALUE_TEXT(accounts[list->count - 1].account)) == 0 ? 1 : -1;
	while (more > 0 && (more = query_next(store)) > 0) {
		const char *account = query_text(store, 0);

		while (i < list->count &&
		    strcmp(accounts[i].account, account) < 0)
			i++;
		/* A block without its account is nobody's. */
		if (i == list->count ||
		    strcmp(accounts[i].account, account) != 0)
			continue;
		accounts[i].has_block = true;
		block_take_row(store, &accounts[i].block);
	}
	return more;
}

enum store_result
store_save_accounts(struct store *store, const char *after, size_t most,
    struct saved_account **accounts, size_t *count, int64_t deadline_ms)
{
	struct query_list list = { .size = sizeof(**accounts),
		.take = take_account, .clear = clear_account };
	int worked = query_begin(store, ACCESS_WALK, deadline_ms);
	enum store_result result;

	if (worked == 0)
		worked = query(store, "save_accounts", VALUE_TEXT(after),
		    VALUE_NUMBER(most));
	if (worked == 0)
		worked = query_collect(store, &list);
	if (worked == 0)
		worked = add_blocks(store, after, &list);
	result = query_list_end(store, &list, worked);
	*accounts = list.rows;
	*count = list.count;
	return result;
}

static void
take_login(struct store *store, void *row)
{
	struct saved_login *login = row;

	login->account = query_copy(store, 0);
	addr_parse(query_text(store, 1), &login->network);
	snprintf(login->country, sizeof(login->country), "%s",
	    query_text(store, 2));
	login->first_ms = query_number(store, 3);
	login->last_ms = query_number(store, 4);
	login->mails = (uint64_t)query_number(store, 5);
	login->asn = (uint32_t)query_number(store, 6);
}

static void
clear_login(void *row)
{
	saved_login_clear(row);
}

enum store_result
store_save_logins(struct store *store, const char *after,
    const char *after_network, size_t most, struct saved_login **logins,
    size_t *count, int64_t deadline_ms)
{
	struct query_list list = { .size = sizeof(**logins),
		.take = take_login, .clear = clear_login };
	enum store_result result = query_all(store, &list, ACCESS_WALK,
	    deadline_ms, "save_logins", VALUE_TEXT(after),
	    VALUE_TEXT(after_network), VALUE_NUMBER(most));

	*logins = list.rows;
	*count = list.count;
	return result;
}

/* --- taken over ---------------------------------------------------------- */

/* Run statements that each read the same rows. */
static enum store_result
load(struct store *store, json_t *rows, const char *const *names,
    int64_t deadline_ms)
{
	char *text = json_dumps(rows, JSON_COMPACT);
	int worked = query_begin(store, ACCESS_LASTING, deadline_ms);

	json_decref(rows);
	for (; worked == 0 && *names != NULL; names++)
		worked = query_run(store, *names, VALUE_TEXT(text));
	free(text);
	return query_end(store, worked);
}

/* Account, since; and of its block, if there is one: cause, found, allowed,
 * per_s, note, began, until, ended, attempts, client, country. */
static json_t *
account_json(const struct saved_account *account)
{
	const struct block *block = &account->block;

	if (!account->has_block)
		return json_pack("[s I]", account->account,
		    (json_int_t)account->since_ms);
	return json_pack("[s I i I I I s I I I I s s]", account->account,
	    (json_int_t)account->since_ms, (int)block->cause,
	    (json_int_t)block->found, (json_int_t)block->limit,
	    (json_int_t)block->per_s, block->note,
	    (json_int_t)block->began_ms, (json_int_t)block->until_ms,
	    (json_int_t)block->ended_ms, (json_int_t)block->attempts,
	    block->client, block->country);
}

static enum store_result
load_accounts(struct store *store, const struct saved_account *accounts,
    size_t count, int64_t deadline_ms)
{
	static const char *const names[] = { "load_accounts", "load_blocks",
		"load_held", NULL };
	json_t *rows = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(rows, account_json(&accounts[i]));
	return load(store, rows, names, deadline_ms);
}

enum store_result
store_load_accounts(struct store *store, const struct saved_account *accounts,
    size_t count, int64_t deadline_ms)
{
	/* Requests of these accounts wait: for a few, and not for long. */
	enum { BATCH = 50 };
	enum store_result result = STORE_DONE;

	for (size_t i = 0; i < count && result == STORE_DONE; i += BATCH)
		result = load_accounts(store, accounts + i,
		    count - i < BATCH ? count - i : BATCH, deadline_ms);
	return result;
}

enum store_result
store_load_logins(struct store *store, const struct saved_login *logins,
    size_t count, int64_t deadline_ms)
{
	static const char *const names[] = { "load_logins", "load_recount",
		NULL };
	json_t *rows = json_array();

	for (size_t i = 0; i < count; i++) {
		char network[ADDR_TEXT_SIZE];

		json_array_append_new(rows, json_pack("[s s s I I I I]",
		    logins[i].account,
		    addr_format(&logins[i].network, network),
		    logins[i].country, (json_int_t)logins[i].first_ms,
		    (json_int_t)logins[i].last_ms,
		    (json_int_t)logins[i].mails, (json_int_t)logins[i].asn));
	}
	return load(store, rows, names, deadline_ms);
}

void
saved_account_clear(struct saved_account *account)
{
	free(account->account);
	block_clear(&account->block);
	memset(account, 0, sizeof(*account));
}

void
saved_login_clear(struct saved_login *login)
{
	free(login->account);
	memset(login, 0, sizeof(*login));
}
