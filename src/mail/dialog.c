/*
 * dialog.c -- read from an SMTP dialog who got the mail and who did not.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/dialog.h"

#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void
dialog_init(struct dialog *dialog, size_t count)
{
	memset(dialog, 0, sizeof(*dialog));
	dialog->count = count;
	dialog->recipients = mem_new(count, sizeof(*dialog->recipients));
}

void
dialog_clear(struct dialog *dialog)
{
	free(dialog->recipients);
	dialog->recipients = NULL;
	dialog->count = 0;
}

void
dialog_sent(struct dialog *dialog, const char *line, size_t length)
{
	static const struct {
		const char *command;
		enum dialog_step step;
	} commands[] = {
		{ "MAIL FROM:", DIALOG_SENDER },
		{ "RCPT TO:", DIALOG_RECIPIENT },
		{ "DATA", DIALOG_DATA },
		{ "QUIT", DIALOG_QUIT },
	};

	dialog->now.text[0] = '\0';
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		size_t of_command = strlen(commands[i].command);

		if (length < of_command ||
		    strncasecmp(line, commands[i].command, of_command) != 0)
			continue;
		dialog->step = commands[i].step;
		if (dialog->step == DIALOG_RECIPIENT)
			dialog->asked++;
		return;
	}
}

/* Put the reply where it belongs, and see what the next one answers. */
static void
take_reply(struct dialog *dialog)
{
	switch (dialog->step) {
	case DIALOG_SESSION:
		dialog->session = dialog->now;
		break;
	case DIALOG_SENDER:
		dialog->sender = dialog->now;
		break;
	case DIALOG_RECIPIENT:
		if (dialog->asked > 0 && dialog->asked <= dialog->count)
			dialog->recipients[dialog->asked - 1] = dialog->now;
		break;
	case DIALOG_DATA:
		if (dialog->now.code == 354)
			dialog->step = DIALOG_TEXT;
		else
			dialog->text = dialog->now;
		break;
	case DIALOG_TEXT:
		/* What follows the answer to the text answers nothing. */
		if (dialog->text.code == 0)
			dialog->text = dialog->now;
		break;
	case DIALOG_QUIT:
	default:
		break;
	}
}

void
dialog_received(struct dialog *dialog, const char *line, size_t length)
{
	struct text text;

	while (length > 0 && strchr("\r\n", line[length - 1]) != NULL)
		length--;
	if (length < 3 || !isdigit((unsigned char)line[0]) ||
	    !isdigit((unsigned char)line[1]) ||
	    !isdigit((unsigned char)line[2]))
		return;
	if (dialog->now.text[0] == '\0') {
		text_init(&text, dialog->now.text, sizeof(dialog->now.text));
		text_add_line(&text, line, length);
	}
	if (length > 3 && line[3] == '-')
		return; /* more lines come */
	dialog->now.code = (line[0] - '0') * 100 + (line[1] - '0') * 10 +
	    (line[2] - '0');
	take_reply(dialog);
	dialog->now.text[0] = '\0';
}

/*
 * A 5xx is for good, except those that ask for another login or for
 * encryption (RFC 4954, 6): an administrator can see to that.
 */
static enum delivery
judge(const struct reply *reply)
{
	switch (reply->code) {
	case 530:
	case 534:
	case 535:
	case 538:
		return DELIVERY_RETRY;
	default:
		break;
	}
	if (reply->code / 100 == 2)
		return DELIVERY_DONE;
	return reply->code / 100 == 5 ? DELIVERY_REFUSED : DELIVERY_RETRY;
}

enum delivery
dialog_result(const struct dialog *dialog, size_t i, const struct reply **why)
{
	const struct reply *replies[] = { &dialog->sender,
		&dialog->recipients[i], &dialog->text };

	/* The first in their order that is not a yes decides. */
	for (size_t k = 0; k < 3; k++) {
		enum delivery result = judge(replies[k]);

		*why = replies[k]->code != 0 ? replies[k] : NULL;
		if (result != DELIVERY_DONE)
			return result;
	}
	return DELIVERY_DONE;
}
