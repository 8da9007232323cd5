/*
 * smtp.h -- deliver a message to the configured mail server (SMTP).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each delivery (RFC 5321) is an errand: a process of its own, that ends after
 * smtp.timeout at the latest, whatever the server does.
 *
 * smtp.tls: starttls never falls back to plain; wrapped is TLS from the first
 * byte (RFC 8314). See smtp_tls.h for certificates. With smtp.username set the
 * server must offer AUTH CRAM-MD5, PLAIN or LOGIN and accept it; the password
 * goes over TLS, or else to a loopback address only.
 *
 * Domains are sent in ASCII (IDNA). Where an address needs SMTPUTF8 (RFC 6531)
 * and the server has none, that recipient is refused.
 */
#ifndef MAIL_SMTP_H
#define MAIL_SMTP_H

#include "base/strings.h"
#include "config/smtp_options.h"
#include "mail/delivery_errand.h"

struct mail {
	const char *from;		/* "a@b" or "Name <a@b>" */
	const struct strings *to;	/* the same, several */
	const char *text;	/* header and body; any line ends, dots as
				 * they are */
};

/*
 * Send it to all recipients at once. Of each the errand tells:
 *
 * DELIVERY_DONE: the server took it. DELIVERY_REFUSED: it refused for good,
 * with 5xx, the sender, the text or the recipient; or that is no address.
 * DELIVERY_RETRY: all else, also what an administrator can mend: no
 * connection, a bad certificate, no STARTTLS, a wrong password. is_down: no
 * mail would have got as far as its sender.
 *
 * If the connection is lost between the end of the text and the answer,
 * nobody knows whether the server has it (RFC 1047): that is DELIVERY_RETRY,
 * and the same Message-ID tells the copies. Nothing is logged here.
 */
void mail_start(struct errand *, const struct smtp_options *,
    const struct mail *);

#endif
