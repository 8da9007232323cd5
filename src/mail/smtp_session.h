/*
 * smtp_session.h -- one mail by libESMTP, in a process of its own.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef MAIL_SMTP_SESSION_H
#define MAIL_SMTP_SESSION_H

#include "mail/delivery_errand.h"
#include "mail/smtp.h"

/* The work of an errand; data is a struct session_order. See smtp.h. */
struct session_order {
	const struct smtp_options *options;
	const struct mail *mail;
};
void session_run(struct voice *, const void *order);

#endif
