/*
 * outbox.c -- the outbox: what is to be told to somebody.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/outbox.h"

#include "store/query.h"

#include <stdlib.h>
#include <string.h>

const char *const outbox_channels[OUTBOX_CHANNELS] = { "mail", "account",
	"exec", "webhook", "report" };

static void
take(struct store *store, void *opaque)
{
	struct outbox_row *row = opaque;

	row->id = query_number(store, 0);
	row->channel = query_copy(store, 1);
	row->kind = query_copy(store, 2);
	row->account = query_copy(store, 3);
	row->event = query_copy(store, 4);
	row->recipients = query_copy(store, 5);
	row->created_ms = query_number(store, 6);
	row->attempts = (uint32_t)query_number(store, 7);
}

static void
clear(void *row)
{
	outbox_row_clear(row);
}

/* Mostly nothing is due, and nobody need wait for us then. */
static enum store_result
is_due(struct store *store, const char *channel, int64_t deadline_ms)
{
	int64_t found = 0;
	int worked = query_begin(store, ACCESS_READ, deadline_ms);

	if (worked == 0)
		worked = query(store, "outbox_is_due", VALUE_TEXT(channel),
		    VALUE_NOW);
	if (worked == 0)
		worked = query_one(store, 0, &found);
	if (query_end(store, worked) != STORE_DONE)
		return STORE_FAILED;
	return found != 0 ? STORE_DONE : STORE_NONE;
}

/* Lease them; those that somebody else has by now are left out. */
static int
lease(struct store *store, struct query_list *list, uint32_t lease_s)
{
	struct outbox_row *rows = list->rows;
	size_t ours = 0;
	int worked = 0;

	for (size_t i = 0; i < list->count; i++) {
		int64_t is_ours = 0;

		if (worked == 0)
			worked = query(store, "outbox_lease",
			    VALUE_NUMBER(rows[i].id), VALUE_NOW,
			    VALUE_NUMBER(lease_s));
		if (worked == 0)
			worked = query_one(store, 0, &is_ours);
		if (is_ours != 0)
			rows[ours++] = rows[i];
		else
			clear(&rows[i]);
	}
	list->count = ours;
	return worked;
}

enum store_result
store_outbox_take(struct store *store, const char *channel, size_t most,
    uint32_t lease_s, struct outbox_row **rows, size_t *count,
    int64_t deadline_ms)
{
	struct query_list list = { .size = sizeof(**rows), .take = take,
		.clear = clear };
	enum store_result result = is_due(store, channel, deadline_ms);
	int worked;

	*rows = NULL;
	*count = 0;
	if (result != STORE_DONE)
		return result;
	worked = query_begin(store, ACCESS_WRITE, deadline_ms);
	if (worked == 0)
		worked = query(store, "outbox_due", VALUE_TEXT(channel),
		    VALUE_NOW, VALUE_NUMBER(most));
	if (worked == 0)
		worked = query_collect(store, &list);
	if (worked == 0)
		worked = lease(store, &list, lease_s);
	result = query_list_end(store, &list, worked);
	if (result == STORE_DONE && list.count == 0) {
		/* Others took all of them. */
		free(list.rows);
		return STORE_NONE;
	}
	*rows = list.rows;
	*count = list.count;
	return result;
}

enum store_result
store_outbox_add(struct store *store, const struct outbox_row *row,
    uint32_t delay_s, int64_t deadline_ms)
{
	return query_change(store, ACCESS_LASTING, deadline_ms, "outbox_add",
	    VALUE_TEXT(row->account), VALUE_NOW, VALUE_TEXT(row->channel),
	    VALUE_TEXT(row->kind), VALUE_TEXT(row->event),
	    VALUE_TEXT(row->recipients), VALUE_NUMBER(delay_s));
}

enum store_result
store_outbox_end(struct store *store, int64_t id, const char *error,
    int64_t deadline_ms)
{
	return query_change(store, ACCESS_LASTING, deadline_ms, "outbox_end",
	    VALUE_NUMBER(id), VALUE_NOW, VALUE_TEXT(error));
}

enum store_result
store_outbox_delay(struct store *store, int64_t id, uint32_t delay_s,
    bool counts, const char *recipients, const char *error,
    int64_t deadline_ms)
{
	/* Who has it already is not to have it again. */
	return query_change(store, ACCESS_LASTING, deadline_ms, "outbox_delay",
	    VALUE_NUMBER(id), VALUE_NOW, VALUE_NUMBER(delay_s),
	    VALUE_NUMBER(!counts), VALUE_TEXT(recipients), VALUE_TEXT(error));
}

void
outbox_row_clear(struct outbox_row *row)
{
	free(row->channel);
	free(row->kind);
	free(row->account);
	free(row->event);
	free(row->recipients);
	memset(row, 0, sizeof(*row));
}
