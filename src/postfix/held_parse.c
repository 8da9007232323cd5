/*
 * held_parse.c -- read what postqueue(1) and postcat(1) print. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "postfix/held_parse.h"

#include "base/mem.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void
held_mails_clear(struct held_mails *mails)
{
	for (size_t i = 0; i < mails->count; i++) {
		free(mails->list[i].id);
		free(mails->list[i].sender);
		free(mails->list[i].sasl_username);
		free(mails->list[i].client_address);
	}
	free(mails->list);
	memset(mails, 0, sizeof(*mails));
}

/* Queue ids, short and long ones, are letters and digits: nothing else may
 * get into a command line, nor ALL, which is all mail there is. */
static bool
is_id(const char *text)
{
	size_t length = strlen(text);

	if (length == 0 || length > 64 || strcmp(text, "ALL") == 0)
		return false;
	for (; *text != '\0'; text++)
		if ((unsigned char)*text > 0x7f ||
		    !isalnum((unsigned char)*text))
			return false;
	return true;
}

static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

void
held_mails_add(struct held_mails *mails, const char *line)
{
	json_t *mail = json_loads(line, 0, NULL);
	const char *queue, *id, *sender;

	/* A sender with a line end in it could bring along records of its own
	 * (record_reader_take); no account is named so. */
	if (mail != NULL &&
	    json_unpack(mail, "{ss ss ss}", "queue_name", &queue, "queue_id",
		&id, "sender", &sender) == 0 &&
	    strcmp(queue, "hold") == 0 && is_id(id) && !has_control(sender)) {
		if (mails->count == mails->room) {
			mails->room = 2 * mails->room + 16;
			mails->list = mem_grow(mails->list, mails->room,
			    sizeof(*mails->list));
		}
		memset(&mails->list[mails->count], 0, sizeof(*mails->list));
		mails->list[mails->count].id = mem_dup(id);
		mails->list[mails->count].sender = mem_dup(sender);
		mails->list[mails->count].sasl_username = mem_dup("");
		mails->list[mails->count].client_address = mem_dup("");
		mails->count++;
	}
	json_decref(mail);
}

/* The text behind a prefix, or NULL. */
static const char *
behind(const char *line, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(line, prefix, length) == 0 ? line + length : NULL;
}

/* "hold/4BC123 ***", hashed "hold/4/B/4BC123 ***": whose records begin? */
static struct held_mail *
find_mail(struct record_reader *reader, const char *path)
{
	const struct held_mails *mails = reader->mails;
	const char *id = path;
	size_t length;

	if (behind(path, "hold/") == NULL)
		return NULL;
	for (const char *c = path; *c != '\0' && *c != ' '; c++)
		if (*c == '/')
			id = c + 1;
	length = strcspn(id, " ");
	for (size_t i = 0; i < mails->count; i++) {
		size_t at = (reader->next + i) % mails->count;

		if (strncmp(mails->list[at].id, id, length) == 0 &&
		    mails->list[at].id[length] == '\0') {
			reader->next = at + 1;
			return &mails->list[at];
		}
	}
	return NULL;
}

static void
set(char **value, const char *text)
{
	free(*value);
	*value = mem_dup(text);
}

void
record_reader_take(struct record_reader *reader, const char *line)
{
	const char *value = behind(line, "*** ENVELOPE RECORDS ");

	if (value != NULL) {
		reader->mail = find_mail(reader, value);
		reader->is_past_sender = false;
		if (reader->mail != NULL)
			reader->mail->is_read = true;
	} else if (behind(line, "*** ") != NULL) {
		reader->mail = NULL;
	} else if (reader->mail == NULL) {
		return;
	} else if (behind(line, "sender: ") != NULL) {
		reader->is_past_sender = true;
	} else if (!reader->is_past_sender &&
	    (value = behind(line, "named_attribute: sasl_username=")) !=
		NULL) {
		set(&reader->mail->sasl_username, value);
	} else if ((value = behind(line, "named_attribute: "
		"client_address=")) != NULL &&
	    reader->mail->client_address[0] == '\0') {
		set(&reader->mail->client_address, value);
	}
}

void
held_mail_name(const struct config *config, const struct held_mail *mail,
    char name[ACCOUNT_SIZE])
{
	const struct account_name_source source = {
		.sasl_username = mail->sasl_username,
		.sender = mail->sender,
		.client_address = mail->client_address,
	};

	if (account_name_name(&config->identity, &source, name) ==
		IDENTITY_NONE &&
	    account_name_clean(&config->identity, mail->sender, name) != 0)
		name[0] = '\0';
}

size_t
queue_parse_count(const char *line)
{
	const char *count = behind(line, "postsuper: Deleted: ");

	if (count == NULL)
		count = behind(line, "postsuper: Released from hold: ");
	return count != NULL ? (size_t)strtoull(count, NULL, 10) : 0;
}
