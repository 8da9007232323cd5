/*
 * letter.c -- events as mail.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/letter.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "mail/message.h"
#include "mail/smtp.h"
#include "mail/template.h"
#include "notify/letter_texts.h"
#include "store/side.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A template that is longer is cut. */
enum { TEMPLATE_MAX = 65536 };

/* What a letter is made of. */
struct letter {
	const struct strings *to;
	const char *subject;	/* templates */
	const char *text;
	const struct template_value *values;
	size_t value_count;
	char *id;		/* Message-ID is <id@host> */
	const char *host;
};

/* The text of a template file, or NULL if it cannot be read. */
static char *
read_template(const char *path)
{
	FILE *file;
	char *text;
	size_t length;

	if (path[0] == '\0')
		return NULL;
	file = fopen(path, "re");
	if (file == NULL) {
		log_error("notify: %s: %s; the built-in text is used", path,
		    strerror(errno));
		return NULL;
	}
	text = mem_new(TEMPLATE_MAX + 1, 1);
	length = fread(text, 1, TEMPLATE_MAX, file);
	text[length] = '\0';
	fclose(file);
	return text;
}

/* Send it with this subject and this text. */
static void
post_text(struct errand *errand, const struct post_office *office,
    const struct letter *letter, const char *type)
{
	struct message message = {
		.from = office->notify->from,
		.to = letter->to,
		.subject = letter->subject,
		.content_type = type,
		.body = letter->text,
		.time_ms = clock_wall_ms(),
		.id = letter->id,
		.host = letter->host,
	};
	char *bytes = message_build(&message);

	mail_start(errand, office->smtp,
	    &(struct mail) { office->notify->from, letter->to, bytes });
	free(bytes);
}

/* Send it with what its templates make of the values. */
static void
post(struct errand *errand, const struct post_office *office,
    const struct letter *letter)
{
	char *subject = template_expand(letter->subject, letter->values,
	    letter->value_count);
	char *body = template_expand(letter->text, letter->values,
	    letter->value_count);
	struct letter made = *letter;

	made.subject = subject;
	made.text = body;
	post_text(errand, office, &made, office->notify->content_type);
	free(body);
	free(subject);
}

/* Subject and text of an event for the operator. */
static void
choose_text(const struct post_office *office, bool is_block,
    struct letter *letter, char **memory)
{
	enum notice notice = is_block ? NOTICE_BLOCK : NOTICE_UNBLOCK;

	*memory = is_block ? read_template(office->notify->template) : NULL;
	letter->text = *memory != NULL ? *memory : letter_text(notice);
	letter->subject = is_block ? office->notify->subject :
				     letter_subject(notice);
}

/* The same for the account itself, as `texts` says. */
static void
choose_text_to_owner(const struct post_office *office,
    const struct text_set *set, bool is_block, struct letter *letter,
    char **memory)
{
	enum language language = set != NULL ? set->language : LANGUAGE_UNSET;
	enum notice notice = is_block ? NOTICE_ACCOUNT_BLOCK :
					NOTICE_ACCOUNT_UNBLOCK;
	const char *path = set != NULL && set->template != NULL ?
	    set->template : language == LANGUAGE_UNSET ?
	    office->notify->account_template : "";

	*memory = is_block ? read_template(path) : NULL;
	letter->text = *memory != NULL ? *memory :
	    letter_text_in(language, notice);
	letter->subject = is_block && set != NULL && set->subject != NULL ?
	    set->subject : letter_subject_in(language, notice);
}

void
letter_start(struct errand *errand, const struct post_office *office,
    const struct outbox_row *row, const struct event *event,
    const struct strings *to)
{
	struct letter letter = { .to = to,
		.values = event->values,
		.value_count = event->value_count,
		/* Not who we are: another server may make the next try. */
		.host = event_server(event) };
	bool is_owner = strcmp(row->channel, "account") == 0;
	const struct text_set *set = is_owner ?
	    texts_find(office->texts, row->account) : NULL;
	struct event_words words;
	char *memory;

	if (is_owner)
		choose_text_to_owner(office, set, event->is_block, &letter,
		    &memory);
	else
		choose_text(office, event->is_block, &letter, &memory);
	letter.values = event_translate(event,
	    set != NULL ? set->language : LANGUAGE_UNSET, &words);
	letter.id = mem_printf("policyd.%lld.%lld", (long long)row->id,
	    (long long)row->created_ms);
	post(errand, office, &letter);
	event_words_clear(&words);
	free(letter.id);
	free(memory);
}

void
letter_start_report(struct errand *errand, const struct post_office *office,
    const struct event *event, const struct strings *to)
{
	struct letter letter = { .to = to,
		.subject = event_string(event, "subject"),
		.text = event_string(event, "body"),
		.id = mem_dup(event_string(event, "id")),
		.host = event_string(event, "host") };

	post_text(errand, office, &letter, "text/plain");
	free(letter.id);
}

/* A line for each event. */
static char *
digest_lines(const struct outbox_row *rows, size_t count)
{
	char *bytes = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&bytes, &length);

	if (out == NULL)
		return mem_dup("");
	for (size_t i = 0; i < count; i++) {
		struct event event;
		char *line;

		if (event_open(&event, &rows[i]) != 0)
			continue;
		line = event_line(&event);
		fputs(line, out);
		free(line);
		event_close(&event);
	}
	fclose(out);
	return bytes;
}

void
letter_start_digest(struct errand *errand, const struct post_office *office,
    const struct digest *digest, const struct outbox_row *rows,
    const struct strings *to)
{
	char *lines = digest_lines(rows, digest->count);
	char number[24];
	struct template_value values[] = {
		{ "count", number, false },
		{ "host", store_server_name(), false },
		{ "logins", lines, true },
	};
	struct letter letter = {
		.to = to,
		.subject = letter_subject(NOTICE_DIGEST),
		.text = letter_text(NOTICE_DIGEST),
		.values = values,
		.value_count = sizeof(values) / sizeof(values[0]),
		.id = mem_dup(digest->id),
		.host = digest->host,
	};

	snprintf(number, sizeof(number), "%zu", digest->count);
	post(errand, office, &letter);
	free(letter.id);
	free(lines);
}

void
letter_start_test(struct errand *errand, const struct post_office *office)
{
	char time[24];
	struct template_value values[] = {
		{ "host", store_server_name(), false },
		{ "time", time, false },
	};
	struct letter letter = {
		.to = &office->notify->to,
		.subject = letter_subject(NOTICE_TEST),
		.text = letter_text(NOTICE_TEST),
		.values = values,
		.value_count = sizeof(values) / sizeof(values[0]),
		.id = mem_printf("policyd.test.%lld.%d",
		    (long long)clock_wall_ms(), (int)getpid()),
		.host = store_server_name(),
	};

	clock_format(clock_wall_ms(), time);
	post(errand, office, &letter);
	free(letter.id);
}
