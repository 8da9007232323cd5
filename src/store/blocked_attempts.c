/*
 * blocked_attempts.c -- from where blocked accounts are used.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/blocked_attempts.h"

#include "store/noted_write.h"
#include "store/query.h"
#include "store/side.h"

#include <stdlib.h>

/* What is forgotten at a time. */
enum { FORGET_MOST = 1000 };

static json_t *
attempt_row(const struct note *note, int64_t ago_ms)
{
	char network[ADDR_TEXT_SIZE];

	return json_pack("[sssII]", note->account,
	    addr_format(&note->network, network), note->country,
	    (json_int_t)note->asn, (json_int_t)ago_ms);
}

/* Attempts are kept for as long as logins. */
static int64_t
kept_s(const struct store *store)
{
	const struct store_setup *setup = &store->setup;

	return setup->store->retention_s > setup->settings->window_s ?
	    setup->store->retention_s : setup->settings->window_s;
}

int
blocked_attempts_write(
    struct store *store, const struct note *notes, size_t count)
{
	char *rows = noted_json(NOTE_ATTEMPT, attempt_row, notes, count);
	int worked = query_run(store, "attempts_forget", VALUE_NOW,
	    VALUE_NUMBER(kept_s(store)), VALUE_NUMBER(FORGET_MOST));

	if (worked == 0 && rows != NULL)
		worked = query_run(store, "attempts_put", VALUE_TEXT(rows),
		    VALUE_NOW);
	if (worked == 0 && rows != NULL)
		worked = query_run(store, "attempts_trim", VALUE_TEXT(rows),
		    VALUE_NUMBER(BLOCKED_ATTEMPTS));
	free(rows);
	return worked;
}
