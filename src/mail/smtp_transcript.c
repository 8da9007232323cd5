/*
 * smtp_transcript.c -- what libESMTP does not tell of a dialog with a server.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/smtp_transcript.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

bool
transcript_is(const char *command, const char *bytes, size_t length)
{
	size_t wanted = strlen(command);

	return length >= wanted && strncasecmp(bytes, command, wanted) == 0;
}

int
transcript_code(const char *line)
{
	if (!isdigit((unsigned char)line[0]) ||
	    !isdigit((unsigned char)line[1]) ||
	    !isdigit((unsigned char)line[2]))
		return 0;
	return (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
}

/* "250-SIZE 1000" offers SIZE. */
static bool
offers(const char *line, const char *keyword)
{
	size_t length = strlen(keyword);

	return strlen(line) >= 4 + length &&
	       strncasecmp(line + 4, keyword, length) == 0 &&
	       strchr(" \t=", line[4 + length]) != NULL;
}

static void
take_line(struct transcript *transcript)
{
	int code;

	while (transcript->length > 0 &&
	       isspace((unsigned char)transcript->part[transcript->length - 1]))
		transcript->length--;
	transcript->part[transcript->length] = '\0';
	memcpy(transcript->line, transcript->part, sizeof(transcript->line));
	transcript->length = 0;
	code = transcript_code(transcript->line);
	if (code >= 400)
		memcpy(transcript->complaint, transcript->line,
		    sizeof(transcript->complaint));
	transcript->is_logged_in |= code == 235;
	transcript->replies += code != 0 && transcript->line[3] != '-';
	if (code != 250)
		return;
	transcript->has_auth |= offers(transcript->line, "AUTH");
	transcript->has_smtputf8 |= offers(transcript->line, "SMTPUTF8");
	transcript->has_size |= offers(transcript->line, "SIZE");
}

void
transcript_received(
    struct transcript *transcript, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '\n')
			take_line(transcript);
		else if (transcript->length + 1 < sizeof(transcript->part) &&
			 bytes[i] != '\0')
			transcript->part[transcript->length++] = bytes[i];
	}
}

void
transcript_sent(struct transcript *transcript, const char *bytes, size_t length)
{
	/* What is offered in plain text is not what counts under TLS. */
	if (transcript_is("EHLO", bytes, length) ||
	    transcript_is("STARTTLS", bytes, length))
		transcript->has_auth = transcript->has_smtputf8 =
		    transcript->has_size = false;
	transcript->replies = 0;
}

bool
transcript_is_more(const struct transcript *transcript)
{
	return transcript->replies > 1 ||
	       (transcript->replies == 1 && transcript->length > 0);
}
