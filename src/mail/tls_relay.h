/*
 * tls_relay.h -- plain bytes on one side, TLS on the other.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libESMTP knows STARTTLS, but no TLS from the first byte (RFC 8314).
 */
#ifndef MAIL_TLS_RELAY_H
#define MAIL_TLS_RELAY_H

#include <openssl/ssl.h>

/*
 * From now on a thread carries bytes between a socket that is returned and a
 * TLS connection on fd, until either side ends; it owns both then. Return -1
 * with errno.
 */
int relay_start(SSL *, int fd);

#endif
