/*
 * report.c -- who reached which limit or rate since the last report.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/report.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "command/print.h"
#include "mail/message.h"
#include "mail/smtp.h"
#include "policy/store_of.h"
#include "policy/time_json.h"
#include "store/report_hits.h"
#include "store/outbox.h"
#include "store/side.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum {
	/* A report has so many lines at most; the next one has the rest. */
	HITS_MAX = 5000,
	/* Forgotten at a time, so that the transaction is short. */
	FORGET_MAX = 200,
	/* Beyond what a delivery can last. */
	LEASE_MARGIN_S = 60,
	/* Who is not to get it yet may get it then. */
	PUT_OFF_S = 60,
};

static const char turn[] = "report";

struct hits {
	struct hit *list;
	size_t count;
	bool is_cut;
};

static int64_t
deadline(void)
{
	return clock_mono_ms() + JOB_PATIENCE_MS;
}

static void
clear(struct hits *hits)
{
	for (size_t i = 0; i < hits->count; i++)
		hit_clear(&hits->list[i]);
	free(hits->list);
	memset(hits, 0, sizeof(*hits));
}

static enum store_result
read_hits(struct store *store, struct hits *hits)
{
	enum store_result result;

	memset(hits, 0, sizeof(*hits));
	/* One more tells whether there are more. */
	result = store_hits(store, HITS_MAX + 1, &hits->list, &hits->count,
	    deadline());
	if (hits->count > HITS_MAX) {
		hit_clear(&hits->list[--hits->count]);
		hits->is_cut = true;
	}
	return result;
}

/* "more than 3 countries in 24h", "100 mails in 1h". */
static const char *
reached(const struct hit *hit, char text[CAUSE_TEXT_SIZE])
{
	const char *words = cause_words(hit->cause);

	if (cause_reached(hit->cause, hit->limit, hit->per_s, text))
		return text;
	return words != NULL ? words : "-";
}

static void
print_table(const struct hits *hits, FILE *out)
{
	static const char *const heads[] = { "ACCOUNT", "TIMES", "FIRST",
		"LAST", "REACHED", NULL };
	struct table *table = table_new(heads);

	for (size_t i = 0; i < hits->count; i++) {
		const struct hit *hit = &hits->list[i];
		char first[WHEN_SIZE], last[WHEN_SIZE], times[24], text[CAUSE_TEXT_SIZE];
		const char *row[] = { hit->account, times, first, last,
			reached(hit, text) };

		snprintf(times, sizeof(times), "%llu",
		    (unsigned long long)hit->times);
		print_time(out, hit->first_ms, first);
		print_time(out, hit->last_ms, last);
		table_add(table, row);
	}
	table_print(table, out);
	table_free(table);
}

static int
by_account(const void *a, const void *b)
{
	const struct hit *const *one = a;
	const struct hit *const *other = b;

	return strcmp((*one)->account, (*other)->account);
}

static size_t
count_accounts(const struct hits *hits)
{
	const struct hit **sorted = mem_new(hits->count + 1, sizeof(*sorted));
	size_t count = 0;

	for (size_t i = 0; i < hits->count; i++)
		sorted[i] = &hits->list[i];
	qsort(sorted, hits->count, sizeof(*sorted), by_account);
	for (size_t i = 0; i < hits->count; i++)
		count += i == 0 || by_account(&sorted[i - 1], &sorted[i]) != 0;
	free(sorted);
	return count;
}

/* The body of the mail. */
static char *
write_body(const struct hits *hits)
{
	char *text = NULL;
	size_t size = 0;
	size_t accounts = count_accounts(hits);
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return NULL;
	if (hits->count == 0) {
		fprintf(out, "Nobody reached a limit or a rate on %s since "
		    "the last report.\n", store_server_name());
	} else {
		fprintf(out, "%zu account%s reached a limit or a rate on %s "
		    "since the last report:\n\n", accounts,
		    accounts == 1 ? "" : "s", store_server_name());
		print_table(hits, out);
		fputs("\nTimes of the day are UTC. \"policyd --explain "
		    "ACCOUNT\" tells more.\n", out);
	}
	if (hits->is_cut)
		fputs("There is more: the next report tells it.\n", out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

/* The mail server takes it for some of them later: the service sees to that.
 * left has them, one a line. */
static void
put_off(struct store *store, const struct message *message, char *left)
{
	json_t *event = json_pack("{ss ss ss ss}", "subject", message->subject,
	    "body", message->body, "id", message->id, "host", message->host);
	char *text = json_dumps(event, JSON_COMPACT);
	char channel[] = "report", kind[] = "report", account[] = "";
	const struct outbox_row row = { .channel = channel, .kind = kind,
		.account = account, .event = text, .recipients = left };

	if (text == NULL ||
	    store_outbox_add(store, &row, PUT_OFF_S, deadline()) != STORE_DONE)
		log_error("report: the store cannot note who is to get it "
			  "later");
	free(text);
	json_decref(event);
}

/* Tell of those who did not get it; those who are to get it later. */
static char *
who_is_left(const struct strings *to, const struct delivery_report *report)
{
	char *left = mem_dup("");

	for (size_t i = 0; i < report->count; i++) {
		char *longer;

		if (report->fates[i].result == DELIVERY_DONE)
			continue;
		log_warning("report: not sent to %s%s: %s", to->list[i],
		    report->fates[i].result == DELIVERY_RETRY ? " yet" : "",
		    report->fates[i].text);
		if (report->fates[i].result != DELIVERY_RETRY)
			continue;
		longer = mem_printf("%s%s\n", left, to->list[i]);
		free(left);
		left = longer;
	}
	return left;
}

/* Send it; true: the mail server has it, at least for some of them. The caller
 * ends the errand. */
static bool
deliver(const struct config *config, struct store *store, const char *body,
    struct errand *errand)
{
	char *id = mem_printf("report.%lld", (long long)clock_wall_ms());
	const struct message message = {
		.from = config->notify.from,
		.to = &config->report.to,
		.subject = config->report.subject,
		.content_type = "text/plain",
		.body = body,
		.time_ms = clock_wall_ms(),
		.id = id,
		.host = store_server_name(),
	};
	char *bytes = message_build(&message);
	bool is_taken;

	mail_start(errand, &config->smtp, &(struct mail) {
	    config->notify.from, &config->report.to, bytes });
	errand_wait(errand);
	is_taken = errand->report.result == DELIVERY_DONE ||
	    errand->report.result == DELIVERY_PARTLY;
	if (is_taken) {
		char *left = who_is_left(&config->report.to, &errand->report);

		if (left[0] != '\0')
			put_off(store, &message, left);
		free(left);
	} else {
		log_error("report: not sent: %s", errand->report.text);
	}
	free(bytes);
	free(id);
	return is_taken;
}

static enum report_result
forget(struct store *store, const struct hits *hits)
{
	for (size_t i = 0; i < hits->count; i += FORGET_MAX) {
		size_t left = hits->count - i;

		if (store_reported(store, hits->list + i,
			left < FORGET_MAX ? left : FORGET_MAX, deadline()) !=
		    STORE_DONE) {
			log_error("report: sent, but the store cannot note "
				  "that: the next one tells some of it again");
			return REPORT_FAILED;
		}
	}
	return REPORT_SENT;
}

/* It is our turn. */
static enum report_result
send_hits(const struct config *config, struct store *store)
{
	enum report_result result = REPORT_FAILED;
	struct errand errand;
	struct hits hits;
	char *body;

	if (read_hits(store, &hits) != STORE_DONE)
		return REPORT_FAILED;
	if (hits.count == 0 && config->report.only_if_needed) {
		clear(&hits);
		return REPORT_EMPTY;
	}
	body = write_body(&hits);
	if (body == NULL) {
		log_error("report: out of memory");
	} else {
		if (deliver(config, store, body, &errand))
			result = forget(store, &hits);
		errand_end(&errand);
	}
	free(body);
	clear(&hits);
	return result;
}

enum report_result
report_send(const struct config *config, struct store *store)
{
	enum report_result result;

	switch (store_take_turn(store, turn,
	    config->smtp.timeout_s + LEASE_MARGIN_S, deadline())) {
	case STORE_DONE:
		break;
	case STORE_NONE:
		return REPORT_BUSY;
	case STORE_FAILED:
	default:
		return REPORT_FAILED;
	}
	result = send_hits(config, store);
	store_leave_turn(store, turn, deadline());
	return result;
}

static void
print_hits_json(const struct hits *hits, FILE *out)
{
	json_t *array = json_array();

	for (size_t i = 0; i < hits->count; i++) {
		const struct hit *hit = &hits->list[i];
		char text[CAUSE_TEXT_SIZE];

		json_array_append_new(array, json_pack(
		    "{ss ss sI so so sI sI}", "account", hit->account,
		    "reached", reached(hit, text),
		    "times", (json_int_t)hit->times,
		    "first", show_time(hit->first_ms),
		    "last", show_time(hit->last_ms),
		    "limit", (json_int_t)hit->limit,
		    "per", (json_int_t)hit->per_s));
	}
	print_json(out, array);
	json_decref(array);
}

int
report_show(const struct job *job)
{
	struct store *store = store_of(job->config);
	struct hits hits;
	enum store_result result = read_hits(store, &hits);

	store_close(store);
	if (result != STORE_DONE)
		return EX_UNAVAILABLE;
	if (job->is_json)
		print_hits_json(&hits, job->out);
	else if (hits.count > 0)
		print_table(&hits, job->out);
	else
		fputs("Nobody reached a limit or a rate since the last "
		      "report.\n", job->out);
	clear(&hits);
	return EX_OK;
}
