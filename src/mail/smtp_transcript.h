/*
 * smtp_transcript.h -- what libESMTP does not tell of a dialog with a server.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It keeps no reply to EHLO, STARTTLS and AUTH, goes on without a login when
 * none was possible, and knows no SMTPUTF8. It shows what is sent and received,
 * though. Pure.
 */
#ifndef MAIL_SMTP_TRANSCRIPT_H
#define MAIL_SMTP_TRANSCRIPT_H

#include "mail/delivery.h"

#include <stdbool.h>
#include <stddef.h>

struct transcript {
	char line[DELIVERY_TEXT];	/* the last whole one of the server */
	char complaint[DELIVERY_TEXT];	/* the last with a code of 400 or more */
	char part[DELIVERY_TEXT];	/* one that has not ended yet */
	size_t length;			/* of that; the rest is not kept */
	bool has_auth, has_smtputf8, has_size;	/* EHLO offers it */
	bool is_logged_in;		/* AUTH was answered with 235 */
	unsigned replies;		/* since something was sent */
};

/* Take bytes that the server sent, or that are sent to it. */
void transcript_received(struct transcript *, const char *bytes,
    size_t length);
void transcript_sent(struct transcript *, const char *bytes, size_t length);

/* Is this the command? Words as in "MAIL FROM:". */
bool transcript_is(const char *command, const char *bytes, size_t length);

/* Has the server said more than one reply to what was sent last? */
bool transcript_is_more(const struct transcript *);

/* The three digits that a line begins with; 0: it does not. */
int transcript_code(const char *line);

#endif
