/*
 * all_logins.c -- all logins that are remembered, account by account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/query.h"
#include "store/store.h"

#include "base/mem.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
take(struct store *store, void *row)
{
	struct past_login *past = row;

	past->account = query_copy(store, 0);
	addr_parse(query_text(store, 1), &past->login.network);
	snprintf(past->login.country, sizeof(past->login.country), "%s",
	    query_text(store, 2));
	past->login.first_ms = query_number(store, 3);
	past->login.last_ms = query_number(store, 4);
	past->login.mails = (uint64_t)query_number(store, 5);
	past->since_ms = query_number(store, 6);
	past->login.asn = (uint32_t)query_number(store, 7);
}

static void
clear(void *row)
{
	past_login_clear(row);
}

static bool
is_of_next(const struct query_list *list, size_t i)
{
	const struct past_login *logins = list->rows;

	return i == 0 ||
	    strcmp(logins[i - 1].account, logins[i].account) != 0;
}

/* The accounts and their domains. */
static char *
names_json(const struct query_list *list)
{
	const struct past_login *logins = list->rows;
	json_t *names = json_array();
	char *text;

	for (size_t i = 0; i < list->count; i++) {
		const char *at = strrchr(logins[i].account, '@');

		if (!is_of_next(list, i))
			continue;
		json_array_append_new(names, json_string(logins[i].account));
		if (at != NULL)
			json_array_append_new(names, json_string(at));
	}
	text = json_dumps(names, JSON_COMPACT);
	json_decref(names);
	return text;
}

/* Mark those that the store has settings for. */
static int
mark_overrides(struct store *store, const struct query_list *list)
{
	struct past_login *logins = list->rows;
	char *names = names_json(list);
	json_t *found = json_object();
	int more = query(store, "overrides_among", VALUE_TEXT(names)) == 0 ?
	    1 : -1;

	while (more > 0 && (more = query_next(store)) > 0)
		json_object_set_new(found, query_text(store, 0), json_true());
	for (size_t i = 0; i < list->count; i++) {
		const char *account = logins[i].account;
		const char *at = strrchr(account, '@');

		logins[i].has_override =
		    json_object_get(found, account) != NULL ||
		    (at != NULL && json_object_get(found, at) != NULL);
	}
	json_decref(found);
	free(names);
	return more;
}

/* --- logins of blocked accounts ------------------------------------------ */

static int
by_account(const void *a, const void *b)
{
	const struct past_login *one = a;
	const struct past_login *other = b;
	int order = strcmp(one->account, other->account);

	return order != 0 ? order :
	    memcmp(&one->login.network, &other->login.network,
		sizeof(one->login.network));
}

/* A network of which a login and attempts are known is one, used from the first
 * to the last of them. */
static void
merge(struct past_login *login, const struct past_login *attempt)
{
	if (attempt->login.first_ms < login->login.first_ms)
		login->login.first_ms = attempt->login.first_ms;
	if (attempt->login.last_ms > login->login.last_ms)
		login->login.last_ms = attempt->login.last_ms;
}

/* Two of the same account, or of the same network as well, stand side by side
 * then; since_ms is that of the account. */
static void
merge_all(struct query_list *list)
{
	struct past_login *logins = list->rows;
	size_t kept = 0;

	if (list->count > 0)
		qsort(logins, list->count, sizeof(*logins), by_account);
	for (size_t i = 0; i < list->count; i++) {
		struct past_login *last = kept > 0 ? &logins[kept - 1] : NULL;

		if (last != NULL && by_account(last, &logins[i]) == 0) {
			merge(last, &logins[i]);
			past_login_clear(&logins[i]);
			continue;
		}
		logins[kept++] = logins[i];
	}
	list->count = kept;
	for (size_t i = 0, end; i < kept; i = end) {
		int64_t since_ms = 0;

		for (end = i; end < kept && strcmp(logins[end].account,
			 logins[i].account) == 0; end++)
			if (logins[end].since_ms > since_ms)
				since_ms = logins[end].since_ms;
		for (size_t k = i; k < end; k++)
			logins[k].since_ms = since_ms;
	}
}

static int
add_attempts(struct store *store, const char *after, const char *end,
    struct query_list *list)
{
	size_t logins = list->count;
	int worked = query(store, "past_attempts", VALUE_TEXT(after),
	    VALUE_TEXT(end));

	if (worked == 0)
		worked = query_collect(store, list);
	if (worked == 0 && list->count > logins)
		merge_all(list);
	return worked;
}

static int
read_page(struct store *store, const char *after, size_t most,
    struct query_list *list)
{
	char *end;
	int worked = query(store, "past_end", VALUE_TEXT(after),
	    VALUE_NUMBER(most));
	int more = worked == 0 ? query_next(store) : -1;

	if (more <= 0)
		return more;
	end = query_copy(store, 0);
	worked = query(store, "past_logins", VALUE_TEXT(after),
	    VALUE_TEXT(end));
	if (worked == 0)
		worked = query_collect(store, list);
	if (worked == 0)
		worked = add_attempts(store, after, end, list);
	if (worked == 0)
		worked = mark_overrides(store, list);
	free(end);
	return worked;
}

enum store_result
store_past_logins(struct store *store, const char *after, size_t most,
    struct past_login **logins, size_t *count, int64_t deadline_ms)
{
	struct query_list list = { .size = sizeof(**logins), .take = take,
		.clear = clear };
	int worked = query_begin(store, ACCESS_WALK, deadline_ms);
	enum store_result result;

	if (worked == 0)
		worked = read_page(store, after, most, &list);
	result = query_list_end(store, &list, worked);
	*logins = list.rows;
	*count = list.count;
	return result == STORE_DONE && *count == 0 ? STORE_NONE : result;
}

void
past_login_clear(struct past_login *past)
{
	free(past->account);
	memset(past, 0, sizeof(*past));
}
