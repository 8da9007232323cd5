/*
 * v1_overrides.c -- /v1/overrides: the overrides of the store.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/v1_overrides.h"

#include "admin/admin.h"
#include "admin/exchange.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/override_json.h"
#include "store/search.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 100, BAD_ETAG = -2 };

void
v1_overrides_list(struct admin *admin, struct exchange *exchange)
{
	const char *after = exchange_query(exchange, "after");
	const char *search = exchange_query(exchange, "search");
	int64_t most = exchange_number(exchange, "limit", PAGE);
	struct stored_override *list = NULL;
	size_t count = 0;
	json_t *array;

	if (store_search_overrides(admin->desk.store,
		search != NULL ? search : "", after != NULL ? after : "",
		(size_t)most, &list, &count, admin_deadline()) != STORE_DONE) {
		exchange_no_store(exchange);
		return;
	}
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, override_to_json(&list[i]));
	exchange_json(exchange, MHD_HTTP_OK, json_pack("{so so}",
	    "overrides", array, "next", count == (size_t)most ?
	    json_string(list[count - 1].override.account) : json_null()));
	for (size_t i = 0; i < count; i++)
		stored_override_clear(&list[i]);
	free(list);
}

/* Answer with the override as it is in the store now. */
static void
show(struct admin *admin, struct exchange *exchange, const char *account,
    unsigned status)
{
	struct stored_override found;

	switch (store_find_override(admin->desk.store, account, &found,
	    admin_deadline())) {
	case STORE_DONE:
		exchange->etag = found.revision;
		exchange_json(exchange, status, override_to_json(&found));
		break;
	case STORE_NONE:
		exchange_problem(exchange, MHD_HTTP_NOT_FOUND,
		    "there is no override of %s", account);
		break;
	case STORE_FAILED:
	default:
		exchange_no_store(exchange);
		break;
	}
	stored_override_clear(&found);
}

void
v1_overrides_show(struct admin *admin, struct exchange *exchange)
{
	char account[ACCOUNT_SIZE];

	if (admin_account(admin, exchange, exchange->rest, false,
		account) == 0)
		show(admin, exchange, account, MHD_HTTP_OK);
}

/*
 * The revision that If-Match or If-None-Match wants (RFC 9110, 13.1):
 * REVISION_ANY without them; BAD_ETAG, answered, if it can be none of ours.
 */
static int64_t
expected_revision(struct exchange *exchange)
{
	const char *match = exchange_header(exchange, "If-Match");
	const char *none = exchange_header(exchange, "If-None-Match");
	int64_t revision;
	char number[24];

	if (none != NULL && strcmp(none, "*") == 0)
		return REVISION_NONE;
	if (match == NULL)
		return REVISION_ANY;
	if (sscanf(match, "\"%20[0-9]\"", number) == 1 &&
	    (revision = text_parse_number(number, INT64_MAX - 1)) > 0)
		return revision;
	exchange_problem(exchange, MHD_HTTP_PRECONDITION_FAILED,
	    "If-Match: there is no such revision");
	return BAD_ETAG;
}

/* Not as expected: does it not exist, or is it another? */
static void
answer_mismatch(struct exchange *exchange, const char *account,
    int64_t expected)
{
	exchange_problem(exchange, MHD_HTTP_PRECONDITION_FAILED,
	    expected == REVISION_NONE ? "there is an override of %s already" :
	    "the override of %s has another revision or is gone", account);
}

void
v1_overrides_put(struct admin *admin, struct exchange *exchange)
{
	struct stored_override stored = { .revision = 0 };
	char account[ACCOUNT_SIZE];
	char why[OVERRIDE_WHY_SIZE];
	int64_t expected;

	if (admin_account(admin, exchange, exchange->rest, false,
		account) != 0 ||
	    (expected = expected_revision(exchange)) == BAD_ETAG)
		return;
	stored.override.account = mem_dup(account);
	if (override_from_json(exchange->json, &stored, why) != 0) {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST, "%s", why);
		stored_override_clear(&stored);
		return;
	}
	switch (store_put_override(admin->desk.store, &stored, expected,
	    admin_deadline())) {
	case STORE_DONE:
		show(admin, exchange, account, stored.revision == 1 ?
		    MHD_HTTP_CREATED : MHD_HTTP_OK);
		break;
	case STORE_NONE:
		answer_mismatch(exchange, account, expected);
		break;
	case STORE_FAILED:
	default:
		exchange_no_store(exchange);
		break;
	}
	stored_override_clear(&stored);
}

void
v1_overrides_delete(struct admin *admin, struct exchange *exchange)
{
	char account[ACCOUNT_SIZE];
	int64_t expected;

	if (admin_account(admin, exchange, exchange->rest, false,
		account) != 0 ||
	    (expected = expected_revision(exchange)) == BAD_ETAG)
		return;
	switch (store_delete_override(admin->desk.store, account, false,
	    expected, admin_deadline())) {
	case STORE_DONE:
		exchange_empty(exchange, MHD_HTTP_NO_CONTENT);
		break;
	case STORE_NONE:
		if (expected == REVISION_ANY)
			exchange_problem(exchange, MHD_HTTP_NOT_FOUND,
			    "there is no override of %s", account);
		else
			answer_mismatch(exchange, account, expected);
		break;
	case STORE_FAILED:
	default:
		exchange_no_store(exchange);
		break;
	}
}
