/*
 * letter.h -- events as mail.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NOTIFY_LETTER_H
#define NOTIFY_LETTER_H

#include "config/notify_options.h"
#include "config/smtp_options.h"
#include "config/texts_options.h"
#include "mail/delivery_errand.h"
#include "notify/addressees.h"
#include "notify/event.h"
#include "store/outbox.h"

/* Who writes, to whom, and by which server. */
struct post_office {
	const struct notify_options *notify;
	const struct smtp_options *smtp;
	const struct texts_options *texts;
};

/*
 * Send the event of a row. All tries have the same Message-ID, whichever
 * server makes them.
 */
void letter_start(struct errand *, const struct post_office *,
    const struct outbox_row *, const struct event *, const struct strings *to);

/* All of these events in one mail. */
void letter_start_digest(struct errand *, const struct post_office *,
    const struct digest *, const struct outbox_row *, const struct strings *to);

/*
 * A report, for those who are still to get it: the event of its row is
 * {"subject", "body", "id", "host"}.
 */
void letter_start_report(struct errand *, const struct post_office *,
    const struct event *, const struct strings *to);

/* A test mail to notify.to. */
void letter_start_test(struct errand *, const struct post_office *);

#endif
