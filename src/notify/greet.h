/*
 * greet.h -- does the mail server answer, encrypt and let us in?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NOTIFY_GREET_H
#define NOTIFY_GREET_H

#include "config/smtp_options.h"
#include "mail/delivery.h"

/*
 * Connect, say EHLO, encrypt and log in as smtp.* says, and leave without a
 * mail. Takes smtp.timeout at most. 0, or -1 with what went wrong in text.
 */
int mail_greet(const struct smtp_options *, char text[DELIVERY_TEXT]);

#endif
