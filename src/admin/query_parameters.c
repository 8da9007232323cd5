/*
 * query_parameters.c -- what a route expects: parameters of the query.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/query_parameters.h"

#include "admin/exchange.h"
#include "base/text.h"

#include <inttypes.h>
#include <microhttpd.h>
#include <string.h>

enum { PAGE_MAX = 1000, TEXT_MAX = 1024 };

const struct parameter expected_none[] = { { NULL, 0 } };
const struct parameter expected_address[] = { { "address", 0 }, { NULL, 0 } };
const struct parameter expected_unblock[] = { { "reason", 0 }, { "learn", 0 },
	{ NULL, 0 } };
const struct parameter expected_names[] = { { "search", 0 }, { "after", 0 },
	{ "limit", PAGE_MAX }, { NULL, 0 } };
const struct parameter expected_times[] = { { "search", 0 },
	{ "before", INT64_MAX / 2 }, { "limit", PAGE_MAX }, { NULL, 0 } };

struct check {
	struct exchange *exchange;
	const struct parameter *list;
	uint32_t seen;		/* one bit for each of the list */
};

static enum MHD_Result
refuse(struct exchange *exchange, const char *name, const char *wrong)
{
	exchange_problem(exchange, MHD_HTTP_BAD_REQUEST, "%.60s: %s", name,
	    wrong);
	return MHD_NO;
}

static enum MHD_Result
check_one(void *opaque, enum MHD_ValueKind kind, const char *name,
    const char *value)
{
	struct check *check = opaque;
	const struct parameter *row = check->list;
	uint32_t bit = 1;

	(void)kind;
	for (; row->name != NULL && strcmp(row->name, name) != 0; row++)
		bit <<= 1;
	if (row->name == NULL)
		return refuse(check->exchange, name,
		    "there is no such parameter here");
	if (check->seen & bit)
		return refuse(check->exchange, name, "it is there twice");
	check->seen |= bit;
	if (value == NULL)
		value = "";
	if (row->most > 0 && text_parse_number(value, row->most) < 1) {
		exchange_problem(check->exchange, MHD_HTTP_BAD_REQUEST,
		    "%s: allowed is a number from 1 to %" PRId64, name,
		    row->most);
		return MHD_NO;
	}
	if (row->most == 0 &&
	    (strlen(value) > TEXT_MAX || !exchange_is_text(value)))
		return refuse(check->exchange, name, "allowed is UTF-8 "
		    "without control characters, at most 1024 bytes");
	return MHD_YES;
}

void
query_parameters_check(struct exchange *exchange, const struct parameter *list)
{
	struct check check = { exchange, list, 0 };

	MHD_get_connection_values(exchange->connection,
	    MHD_GET_ARGUMENT_KIND, check_one, &check);
}
