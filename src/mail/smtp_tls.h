/*
 * smtp_tls.h -- TLS to the mail server: which versions, and whose certificates.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef MAIL_SMTP_TLS_H
#define MAIL_SMTP_TLS_H

#include "config/smtp_options.h"
#include "mail/delivery.h"

#include <openssl/ssl.h>

struct tls {
	SSL_CTX *context;
	char why[DELIVERY_TEXT];	/* what was wrong; "" : nothing */
};

/*
 * Prepare for TLS 1.2 or later to a server whose certificate is for smtp.host,
 * a name or an address (RFC 6125, RFC 5280), and is vouched for by smtp.ca_file,
 * or, if there is none, by an authority that the system trusts. Return 0, or
 * -1 with why. The struct must stay where it is until tls_close.
 */
int tls_open(struct tls *, const struct smtp_options *);
void tls_close(struct tls *);

/* Shake hands on a blocking socket. NULL with why if that fails. */
SSL *tls_connect(struct tls *, const struct smtp_options *, int fd);

/* What OpenSSL found wrong, unless why says it already. */
void tls_explain(struct tls *, const char *what);

#endif
