/*
 * settle_or_retry.c -- what becomes of rows whose delivery has ended.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/settle_or_retry.h"

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

enum {
	/* RFC 5321, 4.5.4.1 wants patience: days, not hours. */
	FIRST_DELAY_S = 10,
	LONGEST_DELAY_S = 3600,
	GIVE_UP_S = 3 * 86400,
};

/* 10 s, 20 s, 40 s, ... 1 h */
static uint32_t
delay_s(uint32_t attempts)
{
	uint32_t delay = FIRST_DELAY_S;

	while (attempts-- > 1 && delay < LONGEST_DELAY_S)
		delay *= 2;
	return delay < LONGEST_DELAY_S ? delay : LONGEST_DELAY_S;
}

static bool
is_old(const struct outbox_row *row)
{
	return clock_wall_ms() - row->created_ms > (int64_t)GIVE_UP_S * 1000;
}

static void
count_failure(const char *channel)
{
	static const struct {
		const char *channel;
		enum counter stat;
	} stats[] = {
		{ "mail", STAT_NOTIFY_FAILURES_MAIL },
		{ "account", STAT_NOTIFY_FAILURES_ACCOUNT },
		{ "exec", STAT_NOTIFY_FAILURES_EXEC },
		{ "webhook", STAT_NOTIFY_FAILURES_WEBHOOK },
		{ "report", STAT_NOTIFY_FAILURES_REPORT },
	};

	for (size_t i = 0; i < sizeof(stats) / sizeof(stats[0]); i++)
		if (strcmp(stats[i].channel, channel) == 0)
			counters_add(stats[i].stat, 1);
}

void
settle_give_up(struct ledger *ledger, const struct outbox_row *row,
    const char *why)
{
	log_error("notify: gave up telling of the %s of %s by %s: %s",
	    row->kind, row->account, row->channel, why);
	ledger_end(ledger, row, why);
}

/* Try it again; left is who is to get it still, NULL for as before. */
static void
try_again(struct ledger *ledger, const struct outbox_row *row,
    const struct put_off *how)
{
	log_warning("notify: the %s of %s is not told by %s yet: %s; trying "
		    "again in %u s", row->kind, row->account, row->channel,
	    how->error, how->delay_s);
	ledger_delay(ledger, row, how);
}

static void
settle_row(struct ledger *ledger, const struct parcel *parcel,
    const struct outbox_row *row, uint32_t pause_s)
{
	const struct delivery_report *report = &parcel->errand.report;
	char *left = addressees_left(&parcel->to, row, report);
	bool may_retry = report->result == DELIVERY_RETRY ||
	    (report->result == DELIVERY_PARTLY && left != NULL);
	struct put_off how = {
		.delay_s = pause_s > 0 ? pause_s : delay_s(row->attempts),
		.counts = true,
		.recipients = left != NULL ? left : row->recipients,
		.error = report->text,
	};

	if (report->result == DELIVERY_DONE) {
		ledger_end(ledger, row, "");
		log_info("notify: told of the %s of %s by %s", row->kind,
		    row->account, row->channel);
	} else if (parcel->is_called_back) {
		how.delay_s = 0;
		how.counts = false;
		ledger_delay(ledger, row, &how);
	} else if (may_retry && !is_old(row)) {
		try_again(ledger, row, &how);
	} else {
		settle_give_up(ledger, row, report->text);
	}
	free(left);
}

void
settle_parcel(struct ledger *ledger, struct parcel *parcel, int64_t now)
{
	const struct delivery_report *report = &parcel->errand.report;
	uint32_t pause_s = 0;

	if (parcel->is_called_back)
		pause_s = 0;
	else if (report->is_down)
		pause_s = channel_failed(parcel->channel, now);
	else
		channel_worked(parcel->channel);
	if (report->result != DELIVERY_DONE && !parcel->is_called_back)
		count_failure(parcel->channel->name);
	for (size_t i = 0; i < parcel->count; i++)
		settle_row(ledger, parcel, &parcel->rows[i], pause_s);
}
