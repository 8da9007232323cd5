/*
 * message.h -- build the text of a mail (RFC 5322, MIME).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pure: the same values make the same message.
 */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H

#include "base/strings.h"

#include <stdint.h>

struct message {
	const char *from;		/* "a@b" or "Name <a@b>" */
	const struct strings *to;	/* the same, several */
	const char *subject;
	const char *content_type;	/* "text/plain" */
	const char *body;		/* lines end in LF, CRLF or CR */
	int64_t time_ms;		/* Date, wall clock */
	/*
	 * Message-ID is <id@host>. A message that is sent again must have the
	 * id that it had, one that is another must have another: name the
	 * outbox row and what tells this store from others.
	 */
	const char *id;
	const char *host;
};

/*
 * The whole message, header and body, in ASCII with CRLF. Dots are not
 * stuffed: that is for who sends it. No value can add a header or end it. A
 * content type that is none is taken for text/plain. The caller frees it.
 */
char *message_build(const struct message *);

#endif
