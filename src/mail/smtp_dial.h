/*
 * smtp_dial.h -- connect to smtp.host.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef MAIL_SMTP_DIAL_H
#define MAIL_SMTP_DIAL_H

#include "base/text.h"
#include "config/smtp_options.h"

#include <stdint.h>

/*
 * smtp.host as the resolver, certificates and SNI have it: an address without
 * brackets, a name in ASCII. NULL: it is no name. The caller frees it.
 */
char *dial_host(const char *host);

/*
 * Connect to smtp.host and smtp.port: to each address of the name in turn,
 * each having its share of what is left to the deadline (monotonic), so that
 * one that swallows everything leaves time for the others. Return a blocking
 * socket, or -1 with the cause in why. An address that must not be sent the
 * password (smtp_auth.h) is passed over.
 */
int dial(const struct smtp_options *, int64_t deadline_ms, struct text *why);

#endif
