/*
 * smtp_dialog.h -- what libESMTP asks, tells and shows while it sends a mail.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef MAIL_SMTP_DIALOG_H
#define MAIL_SMTP_DIALOG_H

#include "config/smtp_options.h"
#include "mail/delivery_errand.h"
#include "mail/mailbox.h"
#include "mail/smtp_tls.h"
#include "mail/smtp_transcript.h"
#include "mail/socket_decoy.h"

#include <stdbool.h>
#include <stddef.h>

#include <auth-client.h>
#include <libesmtp.h>

struct dialog {
	const struct smtp_options *options;
	struct voice *voice;
	struct mailbox sender;
	size_t count;
	struct mailbox *recipients;	/* address NULL: it is none */
	char *text;			/* the message with CRLF */
	size_t length;
	bool is_read, has_sent_text;
	struct tls tls;
	struct transcript transcript;
	struct decoy decoy;
	int server_fd;
	int quiet_fd;			/* has a low-water mark; -1: none */
	bool wants_tls_reply, is_again;
	smtp_message_t message;
	auth_context_t auth;
	char why[DELIVERY_TEXT];
};

/* The callbacks of a session; data is the dialog. They tell its voice each
 * fate, and end the process where nothing good can follow. */
void dialog_event(smtp_session_t, int event, void *data, ...);
void dialog_monitor(const char *bytes, int length, int writing, void *data);
const char *dialog_text(void **context, int *length, void *data);

/* Nobody gets it, nor would get anything else: say why, and end. */
_Noreturn void dialog_leave(struct dialog *, const char *why);

/* Is there one left whose address needs SMTPUTF8 (RFC 6531)? */
bool dialog_needs_utf8(const struct dialog *);

/* What a reply says of whoever it is about. */
enum delivery dialog_judge(int code);
const char *dialog_reply(const smtp_status_t *, char bytes[DELIVERY_TEXT]);

#endif
