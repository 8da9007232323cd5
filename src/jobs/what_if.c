/*
 * what_if.c -- which accounts other limits would have blocked.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/what_if.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "command/bar.h"
#include "command/config_changes.h"
#include "command/print.h"
#include "command/progress.h"
#include "policy/account_configured.h"
#include "store/mode_change.h"
#include "policy/store_of.h"
#include "policy/reply.h"
#include "policy/what_if_judge.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum {
	PATIENCE_MS = 10 * 60 * 1000,
	/* Accounts read at a time. */
	PAGE = 500,
};

/* The configuration as it is, and as it would be. */
struct world {
	const struct config *config;
	struct configured *overrides;
	uint64_t blocked;	/* accounts it would have blocked */
};

struct survey {
	struct store *store;
	int64_t deadline_ms;
	struct world now, then;
	uint64_t accounts;
	size_t most, shown;	/* rows */
	FILE *out;
	struct table *table;
	json_t *array;
	struct progress progress;
};

/* --- judging ------------------------------------------------------------- */

/* Judge an account in one of the worlds. -1: the store failed. */
static int
judge_in(struct survey *survey, struct world *world,
    const struct past_login *logins, size_t count, struct what_if *found)
{
	const struct settings *settings = configured_find(world->overrides,
	    logins->account);
	struct account_record record;

	if (!logins->has_override) {
		*found = what_if_judge(settings, logins, count);
	} else {
		if (store_account(survey->store, logins->account, settings, 0,
			&record, survey->deadline_ms) != STORE_DONE) {
			account_record_clear(&record);
			return -1;
		}
		*found = what_if_judge(&record.settings, logins, count);
		account_record_clear(&record);
	}
	world->blocked += found->at_ms != 0;
	return 0;
}

static void
tell(struct survey *survey, const char *account, const struct what_if *then,
    bool is_now)
{
	char at[24];
	char shown_at[WHEN_SIZE];
	char reason[REASON_SIZE];
	const char *row[] = { account, shown_at, is_now ? "yes" : "no", reason };

	if (survey->most > 0 && survey->shown >= survey->most)
		return;
	survey->shown++;
	clock_format(then->at_ms, at);
	print_time(survey->out, then->at_ms, shown_at);
	reply_reason(then->judgement.cause, then->judgement.found,
	    then->judgement.limit, survey->then.config->settings.window_s, "",
	    reason);
	table_add(survey->table, row);
	json_array_append_new(survey->array, json_pack("{ss ss sb ss}",
	    "account", account, "at", at, "now", is_now, "reason", reason));
}

static int
judge_account(struct survey *survey, const struct past_login *logins,
    size_t count)
{
	struct what_if now, then;

	survey->accounts++;
	if (judge_in(survey, &survey->now, logins, count, &now) != 0 ||
	    judge_in(survey, &survey->then, logins, count, &then) != 0)
		return -1;
	if (then.at_ms != 0)
		tell(survey, logins->account, &then, now.at_ms != 0);
	return 0;
}

/* Judge a page of accounts; after: the last of them. */
static enum store_result
judge_page(struct survey *survey, char **after)
{
	struct past_login *logins;
	size_t count;
	enum store_result result = store_past_logins(survey->store, *after,
	    PAGE, &logins, &count, survey->deadline_ms);
	size_t end;

	for (size_t i = 0; i < count && result == STORE_DONE; i = end) {
		end = i + 1;
		while (end < count &&
		    strcmp(logins[end].account, logins[i].account) == 0)
			end++;
		if (judge_account(survey, logins + i, end - i) != 0)
			result = STORE_FAILED;
	}
	if (count > 0) {
		free(*after);
		*after = mem_dup(logins[count - 1].account);
	}
	for (size_t i = 0; i < count; i++)
		past_login_clear(&logins[i]);
	free(logins);
	progress_tell(&survey->progress, survey->accounts, "accounts");
	return result;
}

static enum store_result
judge_all(struct survey *survey)
{
	char *after = mem_dup("");
	enum store_result result;

	do {
		result = judge_page(survey, &after);
	} while (result == STORE_DONE);
	progress_end(&survey->progress);
	free(after);
	return result == STORE_NONE ? STORE_DONE : STORE_FAILED;
}

/* --- telling ------------------------------------------------------------- */

/* "what if  ###  3 of 340 (0.9 %)" */
static void
draw(const struct terminal *terminal, const char *name, uint64_t value,
    const struct survey *survey)
{
	uint64_t whole = survey->then.blocked > survey->now.blocked ?
	    survey->then.blocked : survey->now.blocked;
	char bar[BAR_SIZE];

	fprintf(survey->out, "%-8s  %6llu of %llu (%.1f %%)  %s\n", name,
	    (unsigned long long)value, (unsigned long long)survey->accounts,
	    100 * (double)value / (double)survey->accounts,
	    bar_draw(terminal, value, whole, BAR_CELLS, bar));
}

static void
print_survey(const struct survey *survey, const struct job *job)
{
	unsigned long long then = survey->then.blocked;
	unsigned long long now = survey->now.blocked;
	unsigned long long accounts = survey->accounts;
	struct terminal terminal = terminal_of(job->out);

	if (job->is_json) {
		json_t *document = json_pack("{sI sI sI sO}", "accounts",
		    (json_int_t)accounts, "now", (json_int_t)now, "what_if",
		    (json_int_t)then, "would_block", survey->array);

		print_json(job->out, document);
		json_decref(document);
		return;
	}
	if (table_rows(survey->table) > 0) {
		table_print(survey->table, job->out);
		if (survey->shown < then)
			fprintf(job->out, "and %llu more: --rows 0 shows "
			    "all\n", then - survey->shown);
		fputc('\n', job->out);
	}
	fprintf(job->out, "%llu of %llu accounts would have been blocked; "
	    "with the limits as they are: %llu\n", then, accounts, now);
	if (terminal.is_terminal && accounts > 0) {
		draw(&terminal, "what if", then, survey);
		draw(&terminal, "as it is", now, survey);
	}
}

/* Do these allow more than those? */
static bool
is_looser(const struct settings *these, const struct settings *those)
{
	for (int i = 0; i < MEASURE_COUNT; i++)
		if (these->limits[i] > those->limits[i])
			return true;
	return these->window_s < those->window_s;
}

/* What blocked accounts did is kept since some time only. */
static int
tell_unknown(const struct survey *survey)
{
	int64_t oldest_ms = clock_wall_ms() -
	    (int64_t)survey->now.config->store.retention_s * 1000;
	char since[24];
	int64_t since_ms;

	if (mode_change_read(survey->store, survey->deadline_ms) !=
	    STORE_DONE)
		return EX_UNAVAILABLE;
	since_ms = mode_change_recorded_ms(survey->store);
	if (since_ms != 0 && since_ms <= oldest_ms)
		return EX_OK;
	clock_format(since_ms, since);
	log_warning("these limits are looser than those in force: what "
		    "blocked accounts did is %s%s; more may be blocked than "
		    "this says", since_ms != 0 ? "not known before " :
		    "not known", since_ms != 0 ? since : "");
	return EX_OK;
}

int
what_if_run(const struct job *job, char *const *changes, size_t count,
    size_t rows)
{
	static const char *const heads[] = { "ACCOUNT", "AT", "NOW TOO",
		"REASON", NULL };
	int status;
	struct config *changed = changes_load(job, "limits.", changes,
	    count, &status);
	struct survey survey = { .most = rows, .out = job->out };

	if (changed == NULL)
		return status;
	survey.deadline_ms = clock_mono_ms() + PATIENCE_MS;
	survey.store = store_of(job->config);
	survey.now.config = job->config;
	survey.now.overrides = configured_new(job->config);
	survey.then.config = changed;
	survey.then.overrides = configured_new(changed);
	survey.table = table_new(heads);
	survey.array = json_array();
	status = EX_UNAVAILABLE;
	if (judge_all(&survey) == STORE_DONE) {
		print_survey(&survey, job);
		status = EX_OK;
		if (job->config->mode == MODE_ENFORCE &&
		    is_looser(&changed->settings, &job->config->settings))
			status = tell_unknown(&survey);
	}
	json_decref(survey.array);
	table_free(survey.table);
	configured_free(survey.then.overrides);
	configured_free(survey.now.overrides);
	store_close(survey.store);
	config_free(changed);
	return status;
}
