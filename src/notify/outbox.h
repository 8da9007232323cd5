/*
 * outbox.h -- tell of events: what the outbox holds, each in its way.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row is taken from the outbox for longer than its delivery can last, told,
 * and then marked. Whoever dies in between leaves it to be taken again: an
 * event is never lost, and told twice only if the death fell between the
 * delivery and its mark. If the store is away then, the mark is made later.
 */
#ifndef NOTIFY_OUTBOX_H
#define NOTIFY_OUTBOX_H

#include "notify/letter.h"
#include "store/store.h"

/* How many mails in a minute are sent singly: more become a digest. */
enum { NOTIFY_SINGLE_MAX = 20 };

struct notifier {
	struct post_office office;
	struct store *store;
	int64_t sent_ms[NOTIFY_SINGLE_MAX];	/* monotonic, a ring */
	size_t sent_next;
	int64_t digest_ms;	/* the next digest is due; 0: none */
	int64_t *told;		/* rows that the store could not mark yet */
	size_t told_count;
};

void notify_init(struct notifier *, const struct post_office *,
    struct store *);
void notify_clear(struct notifier *);

/*
 * Tell one thing that is due. Returns whether there was one: then there may be
 * more. Blocks for the time-outs of mail server, program and webhook at most.
 */
bool notify_step(struct notifier *);

#endif
