/*
 * observed.c -- who would be blocked, and from where the blocked are used.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/observed.h"

#include "base/clock.h"
#include "store/block_row.h"
#include "store/query.h"
#include "store/side.h"

#include <jansson.h>
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

static json_t *
would_row(const struct note *note, int64_t ago_ms)
{
	char client[ADDR_TEXT_SIZE] = "";

	if (note->client.bits != 0)
		addr_format(&note->client, client);
	return json_pack("[siIIIIIss]", note->account, (int)note->cause,
	    (json_int_t)note->found, (json_int_t)note->limit,
	    (json_int_t)note->per_s, (json_int_t)ago_ms,
	    (json_int_t)note->duration_s, client, note->country);
}

/* Those of one kind as JSON; NULL: there is none. */
static char *
rows_json(enum note_kind kind, const struct note *notes, size_t count)
{
	int64_t now_ms = clock_mono_ms();
	json_t *rows = json_array();
	char *text = NULL;

	for (size_t i = 0; i < count; i++) {
		int64_t ago_ms = now_ms - notes[i].at_ms;

		if (notes[i].kind == kind)
			json_array_append_new(rows, kind == NOTE_WOULD ?
			    would_row(&notes[i], ago_ms) :
			    attempt_row(&notes[i], ago_ms));
	}
	if (json_array_size(rows) > 0)
		text = json_dumps(rows, JSON_COMPACT);
	json_decref(rows);
	return text;
}

/* Attempts are kept for as long as logins. */
static int64_t
kept_s(const struct store *store)
{
	const struct store_setup *setup = &store->setup;

	return setup->store->retention_s > setup->settings->window_s ?
	    setup->store->retention_s : setup->settings->window_s;
}

enum store_result
store_tell_notes(struct store *store, const struct note *notes, size_t count,
    int64_t deadline_ms)
{
	char *would = rows_json(NOTE_WOULD, notes, count);
	char *attempts = rows_json(NOTE_ATTEMPT, notes, count);
	int worked = query_begin(store, ACCESS_WRITE, deadline_ms);

	if (worked == 0)
		worked = query_run(store, "would_forget", VALUE_NOW);
	if (worked == 0 && would != NULL)
		worked = query_run(store, "would_put", VALUE_TEXT(would),
		    VALUE_NOW);
	if (worked == 0)
		worked = query_run(store, "attempts_forget", VALUE_NOW,
		    VALUE_NUMBER(kept_s(store)), VALUE_NUMBER(FORGET_MOST));
	if (worked == 0 && attempts != NULL)
		worked = query_run(store, "attempts_put",
		    VALUE_TEXT(attempts), VALUE_NOW);
	if (worked == 0 && attempts != NULL)
		worked = query_run(store, "attempts_trim",
		    VALUE_TEXT(attempts), VALUE_NUMBER(OBSERVED_ATTEMPTS));
	free(would);
	free(attempts);
	return query_end(store, worked);
}

enum store_result
store_list_would(struct store *store, const char *after, size_t most,
    struct block **blocks, size_t *count, int64_t deadline_ms)
{
	struct query_list list = block_list();
	enum store_result result = query_all(store, &list, ACCESS_READ,
	    deadline_ms, "would_held", VALUE_TEXT(after), VALUE_NOW,
	    VALUE_NUMBER(most));

	*blocks = list.rows;
	*count = list.count;
	return result;
}

enum store_result
store_count_would(struct store *store, uint64_t *count, int64_t deadline_ms)
{
	int worked = query_begin(store, ACCESS_READ, deadline_ms);
	int64_t number = 0;

	if (worked == 0)
		worked = query(store, "would_count", VALUE_NOW);
	if (worked == 0)
		worked = query_one(store, 0, &number);
	*count = (uint64_t)number;
	return query_end(store, worked);
}
