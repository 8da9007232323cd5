/*
 * outbox_delivery.c -- tell of events: what the outbox holds, each in its way.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/outbox_delivery.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "notify/channel_pace.h"
#include "notify/delivery_parcel.h"
#include "notify/digest_pace.h"
#include "notify/outbox_lease.h"
#include "notify/outbox_ledger.h"
#include "notify/settle_or_retry.h"
#include "store/side.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	STORE_MS = 5000,
	/* How often the outbox is looked at. */
	LOOK_MS = 1000,
	DIGEST_MAX = 1000,
	/* In which the rows of one digest, put off one after another, have
	 * all become due again. */
	GATHER_MS = 10000,
	EARLIER_MS = 1000,
	GATHER_MOST = 3,
};

struct notifier {
	const struct post_office *office;
	struct store *store;
	struct poller *poller;
	struct ledger ledger;
	struct channel channels[OUTBOX_CHANNELS];
	struct pace pace;		/* of the mails to notify.to */
	int64_t gather_ms;		/* a digest is to be sent again; 0: none */
	unsigned gathered;		/* times it was not whole */
	struct parcel *parcels;		/* under way */
	bool is_leaving;
};

struct notifier *
notify_open(const struct post_office *office, struct store *store,
    struct poller *poller)
{
	struct notifier *notifier = mem_new(1, sizeof(*notifier));

	notifier->office = office;
	notifier->store = store;
	notifier->poller = poller;
	notifier->ledger.store = store;
	for (size_t i = 0; i < OUTBOX_CHANNELS; i++) {
		notifier->channels[i].name = outbox_channels[i];
		notifier->channels[i].parallel = office->notify->parallel;
	}
	pace_init(&notifier->pace);
	return notifier;
}

void
notify_close(struct notifier *notifier)
{
	while (notifier->parcels != NULL) {
		struct parcel *parcel = notifier->parcels;

		notifier->parcels = parcel->next;
		task_kill(&parcel->errand.task);
		parcel_end(parcel);
	}
	ledger_flush(&notifier->ledger);
	ledger_clear(&notifier->ledger);
	free(notifier);
}

/* --- under way ------------------------------------------------------------- */

/* Write down what came of it; it may go on taking leave of the server. */
static void
settle(struct notifier *notifier, struct parcel *parcel)
{
	settle_parcel(&notifier->ledger, parcel, clock_mono_ms());
	parcel->is_settled = true;
	parcel->channel->running--;
}

static void
drop(struct notifier *notifier, struct parcel *parcel)
{
	struct parcel **link = &notifier->parcels;

	while (*link != parcel)
		link = &(*link)->next;
	*link = parcel->next;
	parcel_end(parcel);
}

static void
hear(struct notifier *notifier, struct parcel *parcel)
{
	int fd = parcel->errand.task.fd;
	bool is_known = errand_hear(&parcel->errand);

	if (is_known && !parcel->is_settled)
		settle(notifier, parcel);
	if (!parcel->errand.is_over)
		return;
	if (fd >= 0)
		poller_remove(notifier->poller, fd);
	drop(notifier, parcel);
}

void
notify_hear(struct notifier *notifier, void *tag)
{
	struct parcel *parcel = notifier->parcels;

	/* What was reported at once with its end is gone. */
	while (parcel != NULL && parcel != tag)
		parcel = parcel->next;
	if (parcel != NULL)
		hear(notifier, parcel);
}

/* --- start ----------------------------------------------------------------- */

/* Start to tell of rows in one delivery, or give them up; takes them. */
static void
start(struct notifier *notifier, struct channel *channel,
    struct outbox_row *rows, size_t count)
{
	const char *why;
	struct parcel *parcel = parcel_start(notifier->office, channel, rows,
	    count, &why);

	if (parcel == NULL) {
		for (size_t i = 0; i < count; i++) {
			settle_give_up(&notifier->ledger, &rows[i], why);
			outbox_row_clear(&rows[i]);
		}
		return;
	}
	channel->running++;
	parcel->next = notifier->parcels;
	notifier->parcels = parcel;
	if (parcel->errand.task.fd < 0)
		hear(notifier, parcel); /* it could not be started */
	else if (poller_add(notifier->poller, parcel->errand.task.fd,
		     INTEREST_READ, parcel) != 0)
		log_error("epoll: %s", strerror(errno));
}

/* Not now; it did not count as a try. Takes the row. */
static void
put_back(struct notifier *notifier, struct outbox_row *row, uint32_t delay_s)
{
	ledger_delay(&notifier->ledger, row,
	    &(struct put_off) { delay_s, false, row->recipients, "" });
	outbox_row_clear(row);
}

/* It is in a digest: all of that shall be due at the same time. */
static void
gather(struct notifier *notifier, struct outbox_row *row, int64_t now)
{
	int64_t left_ms;

	if (notifier->gather_ms == 0)
		notifier->gather_ms = now + GATHER_MS;
	left_ms = notifier->gather_ms - EARLIER_MS - now;
	put_back(notifier, row, left_ms > 0 ? (uint32_t)(left_ms / 1000) : 0);
}

static void
start_singles(struct notifier *notifier, struct channel *channel,
    struct outbox_row *rows, size_t count)
{
	int64_t now = clock_mono_ms();

	for (size_t i = 0; i < count; i++) {
		struct digest digest;

		/* It is sent again with those that it was sent with. */
		if (addressees_digest(&rows[i], &digest)) {
			gather(notifier, &rows[i], now);
			continue;
		}
		if (channel == notifier->channels)
			pace_sent(&notifier->pace, now);
		start(notifier, channel, &rows[i], 1);
	}
}

/* --- digests --------------------------------------------------------------- */

/* Those with the same recipients and the same digest together, the oldest
 * first. */
static int
compare(const void *left, const void *right)
{
	const struct outbox_row *a = left;
	const struct outbox_row *b = right;
	int order = strcmp(a->recipients, b->recipients);

	return order != 0 ? order : (a->id > b->id) - (a->id < b->id);
}

/* Make a digest of rows, in the store before anything is sent; false: the
 * store is away. This renews their lease, too. */
static bool
make_digest(struct notifier *notifier, struct outbox_row *rows, size_t count)
{
	uint32_t lease_s = outbox_lease_s(notifier->office);
	struct digest digest = { .count = count };

	snprintf(digest.id, sizeof(digest.id), "policyd.digest.%lld.%zu.%lld",
	    (long long)rows[0].id, count, (long long)rows[0].created_ms);
	snprintf(digest.host, sizeof(digest.host), "%s", store_server_name());
	for (size_t i = 0; i < count; i++) {
		addressees_put(&rows[i], &digest);
		if (store_outbox_delay(notifier->store, rows[i].id, lease_s,
			true, rows[i].recipients, "",
			clock_mono_ms() + STORE_MS) != STORE_DONE)
			return false;
	}
	return true;
}

/* Is this all of a digest that was made before? */
static bool
is_whole(struct notifier *notifier, const struct digest *digest, size_t count)
{
	if (count >= digest->count || notifier->gathered >= GATHER_MOST)
		return true;
	notifier->gathered++;
	return false;
}

static void
start_group(struct notifier *notifier, struct outbox_row *rows, size_t count)
{
	struct channel *mail = notifier->channels;
	struct digest digest;
	bool was_made = addressees_digest(rows, &digest);
	bool is_ready = channel_room(mail, clock_mono_ms()) > 0;

	if (is_ready && was_made)
		is_ready = is_whole(notifier, &digest, count);
	else if (is_ready && count > 1)
		is_ready = make_digest(notifier, rows, count);
	if (is_ready) {
		start(notifier, mail, rows, count);
		return;
	}
	for (size_t i = 0; i < count; i++)
		gather(notifier, &rows[i], clock_mono_ms());
}

static void
start_digests(struct notifier *notifier, struct outbox_row *rows, size_t count)
{
	size_t end;

	notifier->gather_ms = 0;
	/* Who had some of it already is not to have it again. */
	qsort(rows, count, sizeof(*rows), compare);
	for (size_t i = 0; i < count; i = end) {
		for (end = i + 1; end < count && strcmp(rows[i].recipients,
			rows[end].recipients) == 0; end++)
			;
		start_group(notifier, &rows[i], end - i);
	}
	if (notifier->gather_ms == 0)
		notifier->gathered = 0;
}

/* --- what is due ----------------------------------------------------------- */

/* Take rows of a channel; false: there are none, or the store is away. */
static bool
take(struct notifier *notifier, struct channel *channel, size_t most,
    struct outbox_row **rows, size_t *count)
{
	int64_t now = clock_mono_ms();
	enum store_result result = store_outbox_take(notifier->store,
	    channel->name, most, outbox_lease_s(notifier->office), rows, count,
	    now + STORE_MS);

	channel->look_ms = now + LOOK_MS;
	if (result == STORE_DONE && *count == most)
		channel->look_ms = now;
	return result == STORE_DONE;
}

/* When a digest is due, if singles are not to be sent; 0: they are. */
static int64_t
digest_ms(struct notifier *notifier, const struct channel *channel,
    int64_t now)
{
	if (channel != notifier->channels)
		return 0;
	if (notifier->gather_ms != 0 && now >= notifier->gather_ms)
		return notifier->gather_ms;
	return pace_digest_ms(&notifier->pace, now);
}

static void
fill(struct notifier *notifier, struct channel *channel, int64_t now)
{
	int64_t due_ms = digest_ms(notifier, channel, now);
	size_t most = channel_room(channel, now);
	struct outbox_row *rows;
	size_t count;

	if (most == 0 || now < channel->look_ms)
		return;
	if (now < due_ms) {
		channel->look_ms = due_ms;
		return;
	}
	if (due_ms > 0)
		most = DIGEST_MAX;
	else if (channel == notifier->channels &&
	    most > pace_budget(&notifier->pace, now))
		most = pace_budget(&notifier->pace, now);
	if (!take(notifier, channel, most, &rows, &count))
		return;
	if (due_ms > 0) {
		pace_digested(&notifier->pace);
		start_digests(notifier, rows, count);
	} else {
		start_singles(notifier, channel, rows, count);
	}
	free(rows);
}

int
notify_work(struct notifier *notifier)
{
	int64_t now = clock_mono_ms();
	int64_t wake_ms = now + LOOK_MS;

	if (!ledger_flush(&notifier->ledger) || notifier->is_leaving)
		return LOOK_MS;
	for (size_t i = 0; i < OUTBOX_CHANNELS; i++) {
		struct channel *channel = &notifier->channels[i];

		fill(notifier, channel, now);
		if (channel_room(channel, now) > 0 &&
		    channel_wake_ms(channel) < wake_ms)
			wake_ms = channel_wake_ms(channel);
	}
	return clock_left_ms(wake_ms);
}

/* --- the end --------------------------------------------------------------- */

void
notify_leave(struct notifier *notifier)
{
	struct parcel *next;

	notifier->is_leaving = true;
	for (struct parcel *parcel = notifier->parcels; parcel != NULL;
	     parcel = next) {
		next = parcel->next;
		if (parcel->is_settled)
			continue;
		errand_call_back(&parcel->errand);
		parcel->is_called_back = errand_hear(&parcel->errand);
		hear(notifier, parcel);
	}
}

bool
notify_is_idle(const struct notifier *notifier)
{
	for (const struct parcel *parcel = notifier->parcels; parcel != NULL;
	     parcel = parcel->next)
		if (!parcel->is_settled)
			return false;
	/* What is not written down would be told again. */
	return notifier->ledger.count == 0;
}
