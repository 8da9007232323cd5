/*
 * letter.c -- events as mail.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/letter.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "mail/mailbox.h"
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
	char *id;
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

/* Send it; the caller ends the errand. */
static enum delivery
post(const struct post_office *office, const struct letter *letter,
    struct errand *errand)
{
	char *subject = template_expand(letter->subject, letter->values,
	    letter->value_count);
	char *body = template_expand(letter->text, letter->values,
	    letter->value_count);
	struct message message = {
		.from = office->notify->from,
		.to = letter->to,
		.subject = subject,
		.content_type = office->notify->content_type,
		.body = body,
		.time_ms = clock_wall_ms(),
		.id = letter->id,
		.host = store_server_name(),
	};
	char *bytes = message_build(&message);

	mail_start(errand, office->smtp,
	    &(struct mail) { office->notify->from, letter->to, bytes });
	errand_wait(errand);
	free(bytes);
	free(body);
	free(subject);
	return errand->report.result;
}

/* Those who may have it next time, one a line; NULL if there are none. */
static char *
who_is_left(const struct strings *to, const struct delivery_report *report)
{
	char *left = NULL;

	for (size_t i = 0; i < to->count && i < report->count; i++) {
		char *longer;

		if (report->fates[i].result != DELIVERY_RETRY)
			continue;
		longer = mem_printf("%s%s\n", left != NULL ? left : "",
		    to->list[i]);
		free(left);
		left = longer;
	}
	return left;
}

/* The recipients of a row: those it names, one a line, else all. */
static struct strings
recipients_of(const struct outbox_row *row, const struct strings *all,
    char **memory)
{
	struct strings some = { 0, NULL };
	char *state = NULL;

	*memory = NULL;
	if (row->recipients[0] == '\0')
		return *all;
	*memory = mem_dup(row->recipients);
	for (char *line = strtok_r(*memory, "\n", &state); line != NULL;
	     line = strtok_r(NULL, "\n", &state)) {
		some.list = mem_grow(some.list, some.count + 1,
		    sizeof(*some.list));
		some.list[some.count++] = line;
	}
	return some;
}

/* Subject and text of an event for one kind of reader. */
static void
choose_text(const struct post_office *office, bool is_owner, bool is_block,
    struct letter *letter, char **memory)
{
	enum notice notice;

	if (is_owner)
		notice = is_block ? NOTICE_ACCOUNT_BLOCK :
				    NOTICE_ACCOUNT_UNBLOCK;
	else
		notice = is_block ? NOTICE_BLOCK : NOTICE_UNBLOCK;
	*memory = !is_block ? NULL
			    : read_template(
				  is_owner ? office->notify->account_template
					   : office->notify->template);
	letter->text = *memory != NULL ? *memory : letter_text(notice);
	letter->subject = notice == NOTICE_BLOCK ? office->notify->subject
						 : letter_subject(notice);
}

enum delivery
letter_send(const struct post_office *office, const struct outbox_row *row,
    const struct event *event, char text[DELIVERY_TEXT], char **recipients)
{
	bool is_owner = strcmp(row->channel, "account") == 0;
	char *own[] = { row->account };
	struct strings owner = { 1, own };
	struct strings to = owner;
	struct errand errand;
	struct letter letter = { .values = event->values,
		.value_count = event->value_count };
	char *to_memory = NULL;
	char *text_memory;
	enum delivery delivery;

	*recipients = NULL;
	if (is_owner && (!mailbox_is_address(row->account) ||
			    strchr(row->account, '@') == NULL)) {
		snprintf(text, DELIVERY_TEXT, "the account is no address");
		return DELIVERY_REFUSED;
	}
	if (!is_owner)
		to = recipients_of(row, &office->notify->to, &to_memory);
	choose_text(office, is_owner, event->is_block, &letter, &text_memory);
	letter.to = &to;
	/* The same over all tries, so that copies can be told. */
	letter.id = mem_printf("policyd.%lld.%lld", (long long)row->id,
	    (long long)row->created_ms);
	delivery = post(office, &letter, &errand);
	snprintf(text, DELIVERY_TEXT, "%s", errand.report.text);
	if (delivery == DELIVERY_PARTLY || delivery == DELIVERY_RETRY)
		*recipients = who_is_left(&to, &errand.report);
	errand_end(&errand);
	free(letter.id);
	free(text_memory);
	if (to_memory != NULL)
		free(to.list);
	free(to_memory);
	return delivery;
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

enum delivery
letter_send_digest(const struct post_office *office,
    const struct outbox_row *rows, size_t count, char text[DELIVERY_TEXT],
    char **recipients)
{
	char *to_memory;
	struct strings to =
	    recipients_of(&rows[0], &office->notify->to, &to_memory);
	char *lines = digest_lines(rows, count);
	char number[24];
	struct template_value values[] = {
		{ "count", number, false },
		{ "host", store_server_name(), false },
		{ "logins", lines, true },
	};
	struct letter letter = {
		.to = &to,
		.subject = letter_subject(NOTICE_DIGEST),
		.text = letter_text(NOTICE_DIGEST),
		.values = values,
		.value_count = sizeof(values) / sizeof(values[0]),
		.id = mem_printf("policyd.digest.%lld.%zu.%lld",
		    (long long)rows[0].id, count,
		    (long long)rows[0].created_ms),
	};
	struct errand errand;
	enum delivery delivery;

	*recipients = NULL;
	snprintf(number, sizeof(number), "%zu", count);
	delivery = post(office, &letter, &errand);
	if (delivery == DELIVERY_PARTLY || delivery == DELIVERY_RETRY)
		*recipients = who_is_left(&to, &errand.report);
	snprintf(text, DELIVERY_TEXT, "%s", errand.report.text);
	errand_end(&errand);
	free(letter.id);
	free(lines);
	if (to_memory != NULL)
		free(to.list);
	free(to_memory);
	return delivery;
}

enum delivery
letter_send_test(const struct post_office *office, char text[DELIVERY_TEXT])
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
	};
	struct errand errand;
	enum delivery delivery;

	clock_format(clock_wall_ms(), time);
	delivery = post(office, &letter, &errand);
	snprintf(text, DELIVERY_TEXT, "%s", errand.report.text);
	errand_end(&errand);
	free(letter.id);
	return delivery;
}
