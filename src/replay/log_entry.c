/*
 * log_entry.c -- what a line of a log says of a mail.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "replay/log_entry.h"

#include "base/mem.h"
#include "base/text.h"
#include "replay/decision_line.h"
#include "replay/log_entry_make.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The parts of a line in front of its message. */
struct head {
	int64_t at_ms;
	const char *host;
	char *tag;
	char *message;
};

struct entry *
entry_make(const struct entry *like)
{
	size_t mail = strlen(like->mail) + 1;
	size_t client = strlen(like->client) + 1;
	size_t user = strlen(like->user) + 1;
	struct entry *entry = mem_new(1, sizeof(*entry) + mail + client +
	    user);

	*entry = *like;
	entry->mail = memcpy(entry->bytes, like->mail, mail);
	entry->client = memcpy(entry->bytes + mail, like->client, client);
	entry->user = memcpy(entry->bytes + mail + client, like->user, user);
	return entry;
}

/* End the word at text; returns what is behind the spaces after it. */
static char *
cut_word(char *text)
{
	char *end = text + strcspn(text, " ");

	if (*end == '\0')
		return end;
	*end++ = '\0';
	return end + strspn(end, " ");
}

/* "host postfix/smtpd[123]: message" */
static void
read_head(char *rest, struct head *head)
{
	rest += strspn(rest, " ");
	head->host = rest;
	rest = cut_word(rest);
	head->tag = rest;
	head->message = cut_word(rest);
}

/* "postfix-out/submission/smtpd[123]:" is that program's? */
static bool
is_of(const char *tag, const char *program)
{
	const char *name = strrchr(tag, '/');
	size_t length = strlen(program);

	return name != NULL && strncmp(name + 1, program, length) == 0 &&
	    (name[1 + length] == '[' || name[1 + length] == ':');
}

/* "QUEUEID: ": cut it off and return what is behind it, or NULL. */
static char *
cut_queue_id(char *message)
{
	char *end = message;

	while (isalnum((unsigned char)*end))
		end++;
	if (end == message || end[0] != ':' || end[1] != ' ')
		return NULL;
	*end = '\0';
	return end + 2;
}

/* A name may be quoted, and hold whatever its owner likes: it goes on to the
 * end of the line, or to what Postfix writes behind it. */
static char *
cut_user(char *user)
{
	static const char *const ends[] = { ", sasl_sender=",
		", orig_queue_id=", ", orig_client=" };
	size_t length;
	char *to = user;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char *end = strstr(user, ends[i]);

		if (end != NULL)
			*end = '\0';
	}
	length = strlen(user);
	if (length < 2 || user[0] != '"' || user[length - 1] != '"')
		return user;
	for (const char *from = user + 1; from < user + length - 1; from++) {
		if (*from == '\\' && from + 1 < user + length - 1)
			from++;
		*to++ = *from;
	}
	*to = '\0';
	return user;
}

/* "host[addr]:port, ...": the address, cut out; *rest: what is behind it. */
static char *
cut_client(char *client, char **rest)
{
	char *start = strchr(client, '[');
	char *end = start == NULL ? NULL : strchr(start, ']');

	if (end == NULL || memchr(client, ',', (size_t)(end - client)) != NULL)
		return NULL;
	*end = '\0';
	*rest = end + 1;
	start++;
	if (strncasecmp(start, "IPv6:", 5) == 0)
		start += 5;
	start[strcspn(start, "%")] = '\0';
	return start;
}

static enum line_said
read_smtpd(struct head *head, struct entry **entry)
{
	static const char says[] = "client=", names[] = ", sasl_username=";
	char *message = head->message;
	char *client = cut_queue_id(message);
	struct entry found = { .kind = ENTRY_MAIL, .at_ms = head->at_ms };
	char *user, *rest;
	char mail[400];
	struct text key;

	if (client == NULL || strncmp(client, says, sizeof(says) - 1) != 0 ||
	    strstr(client, names) == NULL)
		return LINE_NOTHING;
	found.client = cut_client(client + sizeof(says) - 1, &rest);
	user = found.client == NULL ? NULL : strstr(rest, names);
	if (user == NULL)
		return LINE_BAD;
	found.user = cut_user(user + sizeof(names) - 1);
	if (found.user[0] == '\0')
		return LINE_BAD;
	text_init(&key, mail, sizeof(mail));
	text_printf(&key, "%s/%s", head->host, message);
	found.mail = mail;
	*entry = entry_make(&found);
	return LINE_ENTRY;
}

static enum line_said
read_qmgr(struct head *head, struct entry **entry)
{
	static const char says[] = ", nrcpt=";
	char *message = head->message;
	char *rest = cut_queue_id(message);
	char *count = rest == NULL ? NULL : strstr(rest, says);
	struct entry found = { .kind = ENTRY_RECIPIENTS, .client = "",
		.user = "", .at_ms = head->at_ms };
	char mail[400];
	struct text key;
	char *end;

	/* An address may hold anything, and is in front of it. */
	for (char *next = count; next != NULL;
	     next = strstr(next + 1, says))
		count = next;
	if (count == NULL)
		return LINE_NOTHING;
	count += sizeof(says) - 1;
	end = count + strspn(count, "0123456789");
	if (end == count || end - count > 7)
		return LINE_BAD;
	*end = '\0';
	found.recipients = (uint32_t)strtoul(count, NULL, 10);
	text_init(&key, mail, sizeof(mail));
	text_printf(&key, "%s/%s", head->host, message);
	found.mail = mail;
	*entry = entry_make(&found);
	return LINE_ENTRY;
}

enum line_said
entry_read(struct line_clock *clock, char *line, bool wants_recipients,
    struct entry **entry)
{
	struct head head;
	const char *rest;

	*entry = NULL;
	if (*line == '\0')
		return LINE_NOTHING;
	if (*line == '{')
		return decision_line_json(clock, line, -1, entry);
	rest = line_time_read(clock, line, &head.at_ms);
	if (rest == NULL)
		return LINE_BAD;
	read_head(line + (rest - line), &head);
	if (is_of(head.tag, "smtpd"))
		return read_smtpd(&head, entry);
	if (is_of(head.tag, "qmgr") || is_of(head.tag, "nqmgr") ||
	    is_of(head.tag, "oqmgr"))
		return wants_recipients ? read_qmgr(&head, entry) :
					  LINE_NOTHING;
	if (head.message[0] == '{')
		return decision_line_json(clock, head.message, head.at_ms,
		    entry);
	return decision_line_text(head.message, head.at_ms, entry);
}
