/*
 * smtp.c -- deliver a message to the configured mail server (SMTP).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/smtp.h"

#include "mail/smtp_session.h"

void
mail_start(
    struct errand *errand, const struct smtp_options *options, const struct mail *mail)
{
	const struct session_order data = { .options = options, .mail = mail };
	const struct errand_order order = {
		.recipients = mail->to->count,
		.work = session_run,
		.data = &data,
		.timeout_ms = options->timeout_s * 1000,
	};

	errand_start(errand, &order);
}
