/*
 * print_results.c -- print what --replay found out.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "replay/print_results.h"

#include "base/clock.h"
#include "command/print.h"
#include "policy/reply.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CAUSES = 64, NUMBER_SIZE = 24 };

const char *
tell_moment(int64_t ms, char text[MOMENT_SIZE])
{
	char seconds[24];

	clock_format(ms, seconds);
	seconds[strlen(seconds) - 1] = '\0';
	snprintf(text, MOMENT_SIZE, "%s.%03dZ", seconds, (int)(ms % 1000));
	return text;
}

/* --- JSON ---------------------------------------------------------------- */

static json_t *
pack_incident(const struct incident *incident)
{
	char at[MOMENT_SIZE];

	if (incident->at_ms == 0)
		return json_null();
	return json_pack("{ss ss sI}", "at", tell_moment(incident->at_ms, at),
	    "cause", cause_name(incident->cause), "passed_before",
	    (json_int_t)incident->passed_before);
}

static json_t *
pack_score(const struct score *score)
{
	return json_pack("{sI sI sI sI so so}",
	    "mails", (json_int_t)score->mails,
	    "passed", (json_int_t)score->passed,
	    "deferred", (json_int_t)score->deferred,
	    "refused", (json_int_t)score->refused,
	    "first_deferred", pack_incident(&score->first_deferred),
	    "blocked", pack_incident(&score->blocked));
}

void
tell_json(const struct job *job, const struct told *told)
{
	size_t count;
	struct account_score **list = scores_list(told->scores, &count);

	for (size_t i = 0; i < count; i++) {
		json_t *object = json_pack("{ss}", "account",
		    list[i]->account);
		json_t *rest = pack_score(&list[i]->scores[0]);

		json_object_update(object, rest);
		if (told->has_what_if)
			json_object_set_new(object, "what_if",
			    pack_score(&list[i]->scores[1]));
		json_dumpf(object, job->out, JSON_COMPACT);
		fputc('\n', job->out);
		json_decref(rest);
		json_decref(object);
	}
	free(list);
}

/* --- text ---------------------------------------------------------------- */

/* The worst that befell an account; NULL: nothing. */
static const struct incident *
worst(const struct score *score)
{
	if (score->blocked.at_ms != 0)
		return &score->blocked;
	return score->first_deferred.at_ms != 0 ? &score->first_deferred :
						  NULL;
}

static const char *
what(const struct score *score)
{
	if (score->blocked.at_ms != 0)
		return "blocked";
	return score->first_deferred.at_ms != 0 ? "deferred" : "-";
}

static void
print_accounts(const struct job *job, const struct told *told,
    struct account_score **list, size_t count)
{
	static const char *const heads[] = { "ACCOUNT", "WHAT", "AT",
		"AFTER MAILS", "PASSED", "DEFERRED", "REFUSED", "REASON",
		NULL };
	static const char *const heads_what_if[] = { "ACCOUNT", "WHAT", "AT",
		"AFTER MAILS", "PASSED", "DEFERRED", "REFUSED", "NOW",
		"REASON", NULL };
	struct table *table = table_new(told->has_what_if ? heads_what_if :
							    heads);
	size_t which = told->has_what_if ? 1 : 0;
	size_t left = 0;

	for (size_t i = 0; i < count; i++) {
		const struct score *score = &list[i]->scores[which];
		const struct incident *incident = worst(score);
		char at[24], reason[REASON_SIZE];
		char numbers[4][NUMBER_SIZE];
		const char *row[] = { list[i]->account, what(score), at,
			numbers[0], numbers[1], numbers[2], numbers[3],
			told->has_what_if ? what(&list[i]->scores[0]) :
					    reason,
			reason };

		if (incident == NULL)
			continue;
		if (told->rows > 0 && table_rows(table) >= told->rows) {
			left++;
			continue;
		}
		clock_format(incident->at_ms, at);
		reply_reason(incident->cause, incident->found,
		    incident->limit, incident->per_s, "", reason);
		snprintf(numbers[0], NUMBER_SIZE, "%" PRIu64,
		    incident->passed_before);
		snprintf(numbers[1], NUMBER_SIZE, "%" PRIu64, score->passed);
		snprintf(numbers[2], NUMBER_SIZE, "%" PRIu64,
		    score->deferred);
		snprintf(numbers[3], NUMBER_SIZE, "%" PRIu64, score->refused);
		table_add(table, row);
	}
	if (table_rows(table) > 0)
		table_print(table, job->out);
	if (left > 0)
		fprintf(job->out, "and %zu more: --rows 0 shows all\n", left);
	if (table_rows(table) > 0)
		fputc('\n', job->out);
	table_free(table);
}

/* Accounts by what befell them first, for each rule. */
struct totals_by_cause {
	uint64_t blocked[CAUSES], deferred[CAUSES];
	struct score sum;
	uint64_t accounts_blocked, accounts_deferred;
};

static void
add_up(struct totals_by_cause *totals, const struct score *score)
{
	if (score->blocked.at_ms != 0) {
		totals->accounts_blocked++;
		totals->blocked[score->blocked.cause % CAUSES]++;
	}
	if (score->first_deferred.at_ms != 0) {
		totals->accounts_deferred++;
		totals->deferred[score->first_deferred.cause % CAUSES]++;
	}
	totals->sum.mails += score->mails;
	totals->sum.passed += score->passed;
	totals->sum.deferred += score->deferred;
	totals->sum.refused += score->refused;
}

static void
print_rules(const struct job *job, const struct told *told,
    const struct totals_by_cause *totals)
{
	static const char *const heads[] = { "RULE", "BLOCKED", "DEFERRED",
		NULL };
	static const char *const heads_what_if[] = { "RULE", "BLOCKED",
		"DEFERRED", "BLOCKED NOW", "DEFERRED NOW", NULL };
	struct table *table = table_new(told->has_what_if ? heads_what_if :
							    heads);
	size_t which = told->has_what_if ? 1 : 0;

	for (int i = 1; i < CAUSES; i++) {
		char numbers[4][NUMBER_SIZE];
		const char *row[] = { cause_name((enum cause)i), numbers[0],
			numbers[1], numbers[2], numbers[3] };

		if (totals[0].blocked[i] + totals[0].deferred[i] +
			totals[which].blocked[i] + totals[which].deferred[i] ==
		    0)
			continue;
		snprintf(numbers[0], NUMBER_SIZE, "%" PRIu64,
		    totals[which].blocked[i]);
		snprintf(numbers[1], NUMBER_SIZE, "%" PRIu64,
		    totals[which].deferred[i]);
		snprintf(numbers[2], NUMBER_SIZE, "%" PRIu64,
		    totals[0].blocked[i]);
		snprintf(numbers[3], NUMBER_SIZE, "%" PRIu64,
		    totals[0].deferred[i]);
		table_add(table, row);
	}
	if (table_rows(table) > 0) {
		table_print(table, job->out);
		fputc('\n', job->out);
	}
	table_free(table);
}

static void
print_sum(const struct job *job, const char *head, size_t accounts,
    const struct totals_by_cause *totals)
{
	fprintf(job->out, "%s%" PRIu64 " of %zu accounts would have been "
	    "blocked, %" PRIu64 " had mail deferred; of %" PRIu64
	    " mails %" PRIu64 " would have passed, %" PRIu64
	    " been deferred, %" PRIu64 " refused\n", head,
	    totals->accounts_blocked, accounts, totals->accounts_deferred,
	    totals->sum.mails, totals->sum.passed, totals->sum.deferred,
	    totals->sum.refused);
}

void
tell_text(const struct job *job, const struct told *told)
{
	struct totals_by_cause totals[SCORES_MAX];
	size_t count;
	struct account_score **list = scores_list(told->scores, &count);
	char first[24], last[24];

	memset(totals, 0, sizeof(totals));
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < SCORES_MAX; k++)
			add_up(&totals[k], &list[i]->scores[k]);
	print_accounts(job, told, list, count);
	print_rules(job, told, totals);
	if (told->first_ms != 0) {
		clock_format(told->first_ms, first);
		clock_format(told->last_ms, last);
		fprintf(job->out, "From %s to %s:\n", first, last);
	}
	if (told->has_what_if)
		print_sum(job, "what if: ", count, &totals[1]);
	print_sum(job, told->has_what_if ? "as it is: " : "", count,
	    &totals[0]);
	free(list);
}
