/*
 * addressees.h -- who a row of the outbox is still to be told to, by mail.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * outbox_row.recipients has one a line, or nothing: everybody. A first line
 * ":ID HOST COUNT" says that the row was put in a digest of so many rows, whose
 * Message-ID is <ID@HOST>: it is sent again with the same rows or not at all.
 */
#ifndef NOTIFY_ADDRESSEES_H
#define NOTIFY_ADDRESSEES_H

#include "base/strings.h"
#include "mail/delivery.h"
#include "store/outbox.h"

struct digest {
	char id[96], host[128];
	size_t count;
};

struct addressees {
	struct strings list;	/* borrowed, or pointing to memory */
	char *memory;		/* NULL: borrowed */
};

/* Those of a row, among whom everybody is `all`, which must outlive it. */
void addressees_open(struct addressees *, const struct outbox_row *,
    const struct strings *all);
void addressees_close(struct addressees *);

/*
 * What recipients of the row is to be for the next try: those to whom it was
 * not delivered yet, but may be. NULL: there are none. The caller frees it.
 */
char *addressees_left(const struct addressees *, const struct outbox_row *,
    const struct delivery_report *);

/* The digest that a row is in; false: none. */
bool addressees_digest(const struct outbox_row *, struct digest *);

/* Put a row in a digest. */
void addressees_put(struct outbox_row *, const struct digest *);

#endif
