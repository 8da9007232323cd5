/*
 * delivery_parcel.c -- one delivery: the rows that it tells of, and its errand.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/delivery_parcel.h"

#include "base/mem.h"
#include "mail/mailbox.h"
#include "notify/event.h"
#include "notify/hook_call.h"

#include <stdlib.h>
#include <string.h>

/* Is this way of telling still configured? */
static bool
is_configured(const struct notify_options *notify, const char *channel)
{
	if (strcmp(channel, "report") == 0)
		return notify->from[0] != '\0';
	if (!notify->enabled)
		return false;
	if (strcmp(channel, "mail") == 0)
		return notify->to.count > 0;
	if (strcmp(channel, "account") == 0)
		return notify->account;
	if (strcmp(channel, "exec") == 0)
		return notify->exec.count > 0;
	return strcmp(channel, "webhook") == 0 && notify->webhook[0] != '\0';
}

/* Why a row cannot be told; NULL: it can. */
static const char *
refuse(const struct post_office *office, const struct outbox_row *row)
{
	if (!is_configured(office->notify, row->channel))
		return "it is not configured any more";
	if (strcmp(row->channel, "account") == 0 &&
	    (!mailbox_is_address(row->account) ||
		strchr(row->account, '@') == NULL))
		return "the account is no address";
	return NULL;
}

static void
start_call(struct parcel *parcel, const struct post_office *office,
    const struct event *event)
{
	char id[EVENT_ID];
	char *json = event_export(event, id);
	const struct call call = { office->notify, id, json };

	if (strcmp(parcel->rows->channel, "exec") == 0)
		call_program(&parcel->errand, &call);
	else
		call_webhook(&parcel->errand, &call);
	free(json);
}

static void
start_letter(struct parcel *parcel, const struct post_office *office,
    const struct event *event)
{
	const struct outbox_row *row = parcel->rows;
	char *own[] = { row->account };
	const struct strings owner = { 1, own };
	struct digest digest;

	if (strcmp(row->channel, "account") == 0) {
		letter_start(&parcel->errand, office, row, event, &owner);
		return;
	}
	addressees_open(&parcel->to, row, &office->notify->to);
	if (strcmp(row->channel, "report") == 0) {
		letter_start_report(&parcel->errand, office, event,
		    &parcel->to.list);
		return;
	}
	if (addressees_digest(row, &digest)) {
		digest.count = parcel->count;
		letter_start_digest(&parcel->errand, office, &digest, row,
		    &parcel->to.list);
	} else {
		letter_start(&parcel->errand, office, row, event,
		    &parcel->to.list);
	}
}

struct parcel *
parcel_start(const struct post_office *office, struct channel *channel,
    struct outbox_row *rows, size_t count, const char **why)
{
	struct parcel *parcel;
	struct event event;

	*why = refuse(office, rows);
	if (*why != NULL)
		return NULL;
	if (event_open(&event, rows) != 0) {
		*why = "the row holds no event";
		return NULL;
	}
	parcel = mem_new(1, sizeof(*parcel));
	parcel->channel = channel;
	parcel->rows = mem_new(count, sizeof(*rows));
	memcpy(parcel->rows, rows, count * sizeof(*rows));
	parcel->count = count;
	if (strcmp(rows->channel, "exec") == 0 ||
	    strcmp(rows->channel, "webhook") == 0)
		start_call(parcel, office, &event);
	else
		start_letter(parcel, office, &event);
	event_close(&event);
	return parcel;
}

void
parcel_end(struct parcel *parcel)
{
	errand_end(&parcel->errand);
	addressees_close(&parcel->to);
	for (size_t i = 0; i < parcel->count; i++)
		outbox_row_clear(&parcel->rows[i]);
	free(parcel->rows);
	free(parcel);
}
