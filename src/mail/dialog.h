/*
 * dialog.h -- read from an SMTP dialog who got the mail and who did not.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libcurl tells that a delivery failed, but not for which recipient. It shows
 * each command and each line of reply, though: this follows them. Pure.
 */
#ifndef MAIL_DIALOG_H
#define MAIL_DIALOG_H

#include "mail/delivery.h"

#include <stddef.h>

/* What the next reply answers. */
enum dialog_step {
	DIALOG_SESSION,		/* greeting, EHLO, STARTTLS, AUTH */
	DIALOG_SENDER,
	DIALOG_RECIPIENT,
	DIALOG_DATA,
	DIALOG_TEXT,		/* the end of the text */
	DIALOG_QUIT,
};

struct reply {
	int code;	/* 0: none */
	char text[DELIVERY_TEXT];	/* its first line, with the code */
};

struct dialog {
	enum dialog_step step;
	size_t asked;		/* recipients so far */
	struct reply now;	/* under construction, while now.text is not "" */
	struct reply session, sender, text;	/* the last of each */
	size_t count;
	struct reply *recipients;	/* in the order they were sent */
};

/* Start with count recipients to come; dialog_clear frees what it holds. */
void dialog_init(struct dialog *, size_t count);
void dialog_clear(struct dialog *);

/* A command was sent, or one line was received; CRLF may be missing. */
void dialog_sent(struct dialog *, const char *line, size_t length);
void dialog_received(struct dialog *, const char *line, size_t length);

/* What became of recipient i, and the reply that decided it, or NULL if it
 * came to none. */
enum delivery dialog_result(const struct dialog *, size_t i,
    const struct reply **why);

#endif
