/*
 * mail_server_check.h -- does the mail server answer, encrypt and let us in?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NOTIFY_MAIL_SERVER_CHECK_H
#define NOTIFY_MAIL_SERVER_CHECK_H

#include "config/smtp_options.h"
#include "mail/delivery.h"

/*
 * Connect, say EHLO, encrypt and log in as smtp.* says, and leave without a
 * mail. Takes smtp.timeout at most. 0, or -1 with what went wrong in text.
 */
int mail_server_check(const struct smtp_options *, char text[DELIVERY_TEXT]);

#endif
