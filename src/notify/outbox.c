/*
 * outbox.c -- tell of events: what the outbox holds, each in its way.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/outbox.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "notify/event.h"
#include "notify/hook.h"
#include "notify/letter.h"
#include "notify/webhook.h"

#include <stdlib.h>
#include <string.h>

enum {
	STORE_MS = 5000,
	/* Programs and webhooks have so long. */
	CALL_MS = 30000,
	/* Beyond what a delivery can last. */
	LEASE_MARGIN_S = 30,
	MINUTE_MS = 60000,
	DIGEST_MAX = 1000,
	/* RFC 5321, 4.5.4.1 wants patience: days, not hours. */
	FIRST_DELAY_S = 10,
	LONGEST_DELAY_S = 3600,
	GIVE_UP_S = 3 * 86400,
};

void
notify_init(struct notifier *notifier, const struct post_office *office,
    struct store *store)
{
	memset(notifier, 0, sizeof(*notifier));
	notifier->office = *office;
	notifier->store = store;
	for (size_t i = 0; i < NOTIFY_SINGLE_MAX; i++)
		notifier->sent_ms[i] = INT64_MIN / 2;
}

static int64_t
deadline(void)
{
	return clock_mono_ms() + STORE_MS;
}

/* Mark what was told while the store was away; false: it still is. */
static bool
mark_told(struct notifier *notifier)
{
	while (notifier->told_count > 0) {
		int64_t id = notifier->told[notifier->told_count - 1];

		if (store_outbox_end(notifier->store, id, "", deadline()) ==
		    STORE_FAILED)
			return false;
		notifier->told_count--;
	}
	return true;
}

void
notify_clear(struct notifier *notifier)
{
	mark_told(notifier);
	free(notifier->told);
	memset(notifier, 0, sizeof(*notifier));
}

/* Mark a row as told: nobody is to be told again. */
static void
mark(struct notifier *notifier, int64_t id)
{
	if (store_outbox_end(notifier->store, id, "", deadline()) !=
	    STORE_FAILED)
		return;
	notifier->told = mem_grow(notifier->told, notifier->told_count + 1,
	    sizeof(*notifier->told));
	notifier->told[notifier->told_count++] = id;
}

static uint32_t
lease_s(const struct post_office *office)
{
	uint32_t call_s = CALL_MS / 1000;

	return (office->smtp->timeout_s > call_s ? office->smtp->timeout_s
						 : call_s) +
	       LEASE_MARGIN_S;
}

/* 10 s, 20 s, 40 s, ... 1 h */
static uint32_t
delay_s(uint32_t attempts)
{
	uint32_t delay = FIRST_DELAY_S;

	while (attempts-- > 1 && delay < LONGEST_DELAY_S)
		delay *= 2;
	return delay < LONGEST_DELAY_S ? delay : LONGEST_DELAY_S;
}

/* How a delivery went: what to do with the row. */
struct outcome {
	enum delivery delivery;
	char text[DELIVERY_TEXT];
	char *recipients;	/* of DELIVERY_PARTLY and _RETRY; may be NULL */
};

static bool
is_old(const struct outbox_row *row)
{
	return clock_wall_ms() - row->created_ms > (int64_t)GIVE_UP_S * 1000;
}

/* Mark a row by how it went, and log what an administrator should know. */
static void
settle(struct notifier *notifier, const struct outbox_row *row,
    const struct outcome *outcome)
{
	bool may_retry = outcome->delivery == DELIVERY_RETRY ||
	    (outcome->delivery == DELIVERY_PARTLY &&
		outcome->recipients != NULL);

	if (outcome->delivery == DELIVERY_DONE) {
		log_info("notify: told of the %s of %s by %s", row->kind,
		    row->account, row->channel);
		mark(notifier, row->id);
	} else if (may_retry && !is_old(row)) {
		uint32_t delay = delay_s(row->attempts);

		log_warning("notify: the %s of %s is not told by %s yet: %s; "
			    "trying again in %u s", row->kind, row->account,
		    row->channel, outcome->text, delay);
		store_outbox_delay(notifier->store, row->id, delay, true,
		    outcome->recipients != NULL ? outcome->recipients :
		    row->recipients, outcome->text, deadline());
	} else {
		log_error("notify: gave up telling of the %s of %s by %s: %s",
		    row->kind, row->account, row->channel, outcome->text);
		store_outbox_end(notifier->store, row->id, outcome->text,
		    deadline());
	}
}

static void
call(const struct post_office *office, const struct outbox_row *row,
    const struct event *event, struct outcome *outcome)
{
	char *json = event_export(event);

	if (strcmp(row->channel, "exec") == 0)
		outcome->delivery = hook_run(
		    &office->notify->exec, json, CALL_MS, outcome->text);
	else
		outcome->delivery =
		    webhook_post(office->notify, json, CALL_MS, outcome->text);
	free(json);
}

static void
refuse(struct outcome *outcome, const char *why)
{
	outcome->delivery = DELIVERY_REFUSED;
	snprintf(outcome->text, sizeof(outcome->text), "%s", why);
}

/* Is this way of telling still configured? */
static bool
is_configured(const struct post_office *office, const char *channel)
{
	if (!office->notify->enabled)
		return false;
	if (strcmp(channel, "mail") == 0)
		return office->notify->to.count > 0;
	if (strcmp(channel, "account") == 0)
		return office->notify->account;
	if (strcmp(channel, "exec") == 0)
		return office->notify->exec.count > 0;
	return strcmp(channel, "webhook") == 0 &&
	       office->notify->webhook[0] != '\0';
}

static void
deliver(struct notifier *notifier, const struct outbox_row *row)
{
	const struct post_office *office = &notifier->office;
	struct outcome outcome = { .recipients = NULL };
	struct event event;

	if (event_open(&event, row) != 0)
		refuse(&outcome, "the row holds no event");
	else if (!is_configured(office, row->channel))
		refuse(&outcome, "it is not configured any more");
	else if (strcmp(row->channel, "mail") == 0 ||
	    strcmp(row->channel, "account") == 0)
		outcome.delivery = letter_send(
		    office, row, &event, outcome.text, &outcome.recipients);
	else
		call(office, row, &event, &outcome);
	settle(notifier, row, &outcome);
	free(outcome.recipients);
	event_close(&event);
}

/* May one more mail be sent singly? */
static bool
has_budget(struct notifier *notifier)
{
	int64_t now = clock_mono_ms();

	if (now - notifier->sent_ms[notifier->sent_next] < MINUTE_MS)
		return false;
	notifier->sent_ms[notifier->sent_next] = now;
	notifier->sent_next = (notifier->sent_next + 1) % NOTIFY_SINGLE_MAX;
	return true;
}

/* Put a mail off until the digest. */
static void
put_off(struct notifier *notifier, const struct outbox_row *row)
{
	int64_t left_s;

	if (notifier->digest_ms == 0)
		notifier->digest_ms = clock_mono_ms() + MINUTE_MS;
	left_s = clock_left_ms(notifier->digest_ms) / 1000;
	store_outbox_delay(notifier->store, row->id, (uint32_t)left_s, false,
	    row->recipients, "waits for the next digest", deadline());
}

/* One mail for all rows; they fare alike. */
static void
deliver_digest(struct notifier *notifier, const struct outbox_row *rows,
    size_t count)
{
	struct outcome outcome = { .recipients = NULL };

	if (count == 1) {
		deliver(notifier, rows);
		return;
	}
	outcome.delivery = letter_send_digest(
	    &notifier->office, rows, count, outcome.text, &outcome.recipients);
	for (size_t i = 0; i < count; i++)
		settle(notifier, &rows[i], &outcome);
	free(outcome.recipients);
}

/* Those with the same recipients together, the oldest first. */
static int
compare(const void *left, const void *right)
{
	const struct outbox_row *a = left;
	const struct outbox_row *b = right;
	int order = strcmp(a->recipients, b->recipients);

	return order != 0 ? order : (a->id > b->id) - (a->id < b->id);
}

static bool
digest(struct notifier *notifier)
{
	struct outbox_row *rows;
	size_t count;
	size_t end;

	notifier->digest_ms = 0;
	if (store_outbox_take(notifier->store, "mail", DIGEST_MAX,
		lease_s(&notifier->office), &rows, &count,
		deadline()) != STORE_DONE)
		return false;
	/* Who had some of it already is not to have it again. */
	qsort(rows, count, sizeof(*rows), compare);
	for (size_t i = 0; i < count; i = end) {
		for (end = i + 1; end < count && strcmp(rows[i].recipients,
			rows[end].recipients) == 0; end++)
			;
		deliver_digest(notifier, &rows[i], end - i);
	}
	for (size_t i = 0; i < count; i++)
		outbox_row_clear(&rows[i]);
	free(rows);
	return true;
}

bool
notify_step(struct notifier *notifier)
{
	struct outbox_row *rows;
	size_t count;

	if (!mark_told(notifier))
		return false;
	if (notifier->digest_ms != 0 &&
	    clock_left_ms(notifier->digest_ms) == 0)
		return digest(notifier);
	if (store_outbox_take(notifier->store, NULL, 1,
		lease_s(&notifier->office), &rows, &count,
		deadline()) != STORE_DONE)
		return false;
	if (strcmp(rows[0].channel, "mail") == 0 && !has_budget(notifier))
		put_off(notifier, &rows[0]);
	else
		deliver(notifier, &rows[0]);
	outbox_row_clear(&rows[0]);
	free(rows);
	return true;
}
