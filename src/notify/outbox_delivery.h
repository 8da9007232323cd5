/*
 * outbox_delivery.h -- tell of events: what the outbox holds, each in its way.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row is taken from the outbox for longer than its delivery can last, told,
 * and then marked, before anything else happens. Whoever dies in between leaves
 * it to be taken again: an event is never lost, and told twice only if the
 * death fell between the delivery and its mark, which its Message-ID, or id,
 * shows. If the store is away then, the mark is made later.
 */
#ifndef NOTIFY_OUTBOX_DELIVERY_H
#define NOTIFY_OUTBOX_DELIVERY_H

#include "notify/letter.h"
#include "server/poller.h"
#include "store/store.h"

struct notifier;

/* Tell what the store's outbox has; all three must outlive it. Deliveries
 * under way are added to the poller. */
struct notifier *notify_open(const struct post_office *, struct store *,
    struct poller *);

/* Start what is due; in how many milliseconds to call it again. Blocks for the
 * store only. */
int notify_work(struct notifier *);

/* The poller reported this tag: a delivery has something to say. */
void notify_hear(struct notifier *, void *tag);

/*
 * Start nothing more, and call back what nobody can have got yet. The rest is
 * done when notify_is_idle, which takes as long as a delivery may last, or
 * until the store takes what came of it; notify_work has to be called till
 * then.
 */
void notify_leave(struct notifier *);
bool notify_is_idle(const struct notifier *);

/* What is under way still is ended first. */
void notify_close(struct notifier *);

#endif
