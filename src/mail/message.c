/*
 * message.c -- build the text of a mail (RFC 5322, MIME).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/message.h"

#include "base/log.h"
#include "mail/mailbox.h"
#include "mail/mime.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

enum { LONGEST_ID_PART = 128 };

/* RFC 5322, 3.3; strftime(3) would write the names in the user's language. */
static void
write_date(FILE *out, int64_t time_ms)
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu",
		"Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t seconds = (time_t)(time_ms / 1000);
	struct tm t;

	if (gmtime_r(&seconds, &t) == NULL)
		return;
	fprintf(out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n",
	    days[t.tm_wday], t.tm_mday, months[t.tm_mon], t.tm_year + 1900,
	    t.tm_hour, t.tm_min, t.tm_sec);
}

/* Write what a msg-id may hold, and '_' for everything else. */
static void
write_id_part(FILE *out, const char *part)
{
	size_t length = strlen(part);

	if (length == 0)
		fputs("policyd", out);
	for (size_t i = 0; i < length && i < LONGEST_ID_PART; i++) {
		char c = part[i];
		bool is_dot = c == '.' && i > 0 && part[i - 1] != '.' &&
		    i + 1 < length;

		if ((unsigned char)c < 0x80 &&
		    (isalnum((unsigned char)c) || c == '-' || is_dot))
			fputc(c, out);
		else
			fputc('_', out);
	}
}

/* type/subtype of RFC 2045, 5.1; parameters are ours to add. */
static bool
is_content_type(const char *type)
{
	const char *slash = strchr(type, '/');

	if (slash == NULL || slash == type || slash[1] == '\0' ||
	    strlen(type) > MIME_LINE)
		return false;
	for (const char *c = type; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && c != slash &&
		    strchr("-+._", *c) == NULL)
			return false;
	return true;
}

static void
write_header(FILE *out, const struct message *message)
{
	const char *type = message->content_type;

	fputs("From:", out);
	mailbox_write(out, message->from, strlen("From:"));
	fputs("\r\n", out);
	mailbox_write_header(out, "To", message->to);
	mime_write_header(out, "Subject", message->subject);
	write_date(out, message->time_ms);
	fputs("Message-ID: <", out);
	write_id_part(out, message->id);
	fputc('@', out);
	write_id_part(out, message->host);
	fputs(">\r\n", out);
	/* RFC 3834: vacation programs and lists must not answer. */
	fputs("Auto-Submitted: auto-generated\r\n", out);
	fputs("MIME-Version: 1.0\r\n", out);
	fprintf(out, "Content-Type: %s; charset=utf-8\r\n",
	    is_content_type(type) ? type : "text/plain");
	/* 8bit would need a server that has 8BITMIME; this passes anywhere. */
	fputs("Content-Transfer-Encoding: quoted-printable\r\n", out);
	fputs("\r\n", out);
}

char *
message_build(const struct message *message)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (out != NULL) {
		write_header(out, message);
		mime_write_body(out, message->body);
		if (fclose(out) == 0)
			return text;
	}
	log_error("out of memory for a mail: %s", strerror(errno));
	exit(EX_OSERR);
}
