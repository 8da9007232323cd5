/*
 * letter.h -- events as mail.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NOTIFY_LETTER_H
#define NOTIFY_LETTER_H

#include "config/notify_options.h"
#include "config/smtp_options.h"
#include "mail/delivery.h"
#include "notify/event.h"
#include "store/store.h"

/* Who writes, to whom, and by which server. */
struct post_office {
	const struct notify_options *notify;
	const struct smtp_options *smtp;
};

/*
 * Send the event of a row to notify.to, or to the account's own address. Of
 * several recipients some may have it already, or have it now: who is still
 * to get it is written to *recipients, one a line, for the next try (NULL:
 * nobody); the caller frees it. text says how it went.
 */
enum delivery letter_send(const struct post_office *, const struct outbox_row *,
    const struct event *, char text[DELIVERY_TEXT], char **recipients);

/* All of these events, whose recipients are the same, in one mail; as above. */
enum delivery letter_send_digest(const struct post_office *,
    const struct outbox_row *, size_t count, char text[DELIVERY_TEXT],
    char **recipients);

/* A test mail to notify.to. */
enum delivery letter_send_test(const struct post_office *,
    char text[DELIVERY_TEXT]);

#endif
