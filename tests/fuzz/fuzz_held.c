/*
 * fuzz_held.c -- any bytes as what postqueue, postcat and postsuper print.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Senders choose much of it. What is given back to postsuper is the name of a
 * mail on hold, and can be nothing else.
 */
#include "postfix/held_parse.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
take_line(struct record_reader *reader, const char *line)
{
	/* What is behind the line must not be read. */
	char *copy = strdup(line);

	held_mails_add(reader->mails, copy);
	record_reader_take(reader, copy);
	queue_parse_count(copy);
	free(copy);
}

static void
check(const struct held_mail *mail, const struct config *config)
{
	char name[ACCOUNT_SIZE];

	assert(mail->id[0] != '\0');
	assert(mail->id[strspn(mail->id, "0123456789abcdefghijklmnopqrstuvwxyz"
					 "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] ==
	    '\0');
	assert(strcmp(mail->id, "ALL") != 0);
	held_mail_name(config, mail, name);
	assert(memchr(name, '\0', sizeof(name)) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config *config;
	struct held_mails mails = { NULL, 0, 0 };
	struct record_reader reader = { .mails = &mails };
	char *text = malloc(size + 1);
	char *next;

	if (config == NULL)
		config = config_parse("", 0, "f", stderr);
	memcpy(text, data, size);
	text[size] = '\0';
	for (char *line = text; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		take_line(&reader, line);
	}
	for (size_t i = 0; i < mails.count; i++)
		check(&mails.list[i], config);
	held_mails_clear(&mails);
	free(text);
	return 0;
}
