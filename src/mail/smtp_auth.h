/*
 * smtp_auth.h -- the password for the mail server: who may have it, and how.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef MAIL_SMTP_AUTH_H
#define MAIL_SMTP_AUTH_H

#include "config/smtp_options.h"

#include <stdbool.h>
#include <stddef.h>

#include <sys/socket.h>

#include <auth-client.h>

/*
 * May this address be connected to? With smtp.username and without smtp.tls
 * none but a loopback address: a password would be sent.
 */
bool auth_may_reach(const struct smtp_options *, const struct sockaddr *);

/* What libESMTP logs in with; NULL without smtp.username. The options must
 * stay where they are until auth_destroy_context. */
auth_context_t auth_start(const struct smtp_options *);

#endif
