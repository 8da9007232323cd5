/*
 * smtp.h -- deliver a message to the configured mail server (SMTP).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One call is one delivery (RFC 5321). It blocks for smtp.timeout and two
 * seconds at most, whatever the server does. The process must ignore SIGPIPE.
 *
 * smtp.tls: starttls never falls back to plain; wrapped is TLS from the first
 * byte (RFC 8314). Certificates are verified against the system's CAs, or
 * smtp.ca_file, and must be for smtp.host. With smtp.username set the password
 * is sent (AUTH PLAIN or LOGIN) over TLS, or else to a loopback address only.
 */
#ifndef MAIL_SMTP_H
#define MAIL_SMTP_H

#include "base/strings.h"
#include "config/smtp_options.h"
#include "mail/delivery.h"

#include <stddef.h>

struct mail_recipient {
	enum delivery result;	/* DONE, RETRY or REFUSED */
	char text[DELIVERY_TEXT];	/* why, in the server's words; "" if done */
};

struct mail_report {
	char text[DELIVERY_TEXT];	/* what happened, for the log */
	size_t count;
	struct mail_recipient *recipients;	/* in the order of `to` */
};

/*
 * Send message (any line ends, dots not stuffed) from `from` to all of `to`;
 * both may be "a@b" or "Name <a@b>".
 *
 * DELIVERY_DONE: the server took it for everybody. DELIVERY_PARTLY: it took
 * it for some; the others' results may differ, so send it again only to those
 * with DELIVERY_RETRY. DELIVERY_REFUSED: it refused for good, with 5xx, the
 * sender, the text or every recipient; or no `to` is an address.
 * DELIVERY_RETRY: all else, also what an administrator can mend: no
 * connection, a bad certificate, no STARTTLS, a wrong password.
 *
 * If the connection is lost between the end of the text and the answer,
 * nobody knows whether the server has it (RFC 1047): that is DELIVERY_RETRY,
 * and the same Message-ID tells the copies. Nothing is logged here.
 */
enum delivery mail_send(const struct smtp_options *, const char *from,
    const struct strings *to, const char *message, struct mail_report *);
void mail_report_clear(struct mail_report *);

#endif
