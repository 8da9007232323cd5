/*
 * replay.c -- play logs of the past through a configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "replay/replay.h"

#include "base/clock.h"
#include "base/log.h"
#include "command/config_changes.h"
#include "command/progress.h"
#include "replay/learn.h"
#include "replay/mails_in_order.h"
#include "replay/play_mails.h"
#include "replay/print_results.h"
#include "replay/take_overrides.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct replay {
	struct player *players[SCORES_MAX];	/* as it is, and what if */
	struct scores *scores;
	int64_t judge_from_ms;	/* what is before is learned; 0: nothing */
	bool is_judging, is_learn;
	int64_t first_ms, last_ms;
	uint64_t mails;
	struct progress progress;
};

/* How many of the words are KEY=VALUE. */
static size_t
count_changes(const struct replay_order *order)
{
	size_t count = 0;

	while (order->has_what_if && count < order->count &&
	    changes_has_key(order->words[count]))
		count++;
	return count;
}

/* "2026-01-31", the midnight of UTC at its beginning, or a whole time. */
static int
parse_date(const char *text, int64_t *ms)
{
	char whole[40];

	if (strlen(text) > 10)
		return clock_parse(text, ms);
	snprintf(whole, sizeof(whole), "%sT00:00:00Z", text);
	return clock_parse(whole, ms);
}

/* --- playing ------------------------------------------------------------- */

static void
begin_to_judge(struct replay *replay)
{
	replay->is_judging = true;
	for (size_t i = 0; i < SCORES_MAX; i++)
		if (replay->players[i] != NULL)
			player_judge(replay->players[i]);
}

static bool
play(struct replay *replay, const struct entry *mail)
{
	if (!replay->is_judging && mail->at_ms >= replay->judge_from_ms)
		begin_to_judge(replay);
	/* What did not pass teaches nothing. */
	if (!replay->is_judging && mail->is_refused)
		return true;
	for (size_t i = 0; i < SCORES_MAX; i++) {
		const struct decision *decision;
		struct account_score *row;

		if (replay->players[i] == NULL)
			continue;
		decision = player_play(replay->players[i], mail);
		if (decision == NULL)
			return false;
		if (!replay->is_judging || decision->account[0] == '\0')
			continue;
		row = scores_of(replay->scores, decision->account);
		/* Postfix uses a queue id again. */
		scores_count(&row->scores[i], decision,
		    mail->kind == ENTRY_DECISION ? mail->mail : "",
		    mail->at_ms);
	}
	if (replay->is_judging || replay->is_learn) {
		if (replay->first_ms == 0)
			replay->first_ms = mail->at_ms;
		replay->last_ms = mail->at_ms;
	}
	progress_tell(&replay->progress, ++replay->mails, "mails");
	return true;
}

static int
play_all(struct replay *replay, char *const *files, size_t count,
    struct reading *reading)
{
	struct mails *mails = mails_open(files, count, reading);
	struct entry *mail;
	bool is_good = true;

	if (mails == NULL)
		return EX_NOINPUT;
	while (is_good && (mail = mails_next(mails)) != NULL) {
		is_good = play(replay, mail);
		free(mail);
	}
	progress_end(&replay->progress);
	mails_close(mails);
	return is_good ? EX_OK : EX_UNAVAILABLE;
}

/* --- telling ------------------------------------------------------------- */

/* What there is to say of the logs themselves. */
static void
tell_reading(const struct replay *replay, const struct reading *reading,
    const char *judge_from)
{
	if (reading->bad > 0)
		log_warning("%llu of %llu lines could not be read; the first "
		    "is %s", (unsigned long long)reading->bad,
		    (unsigned long long)reading->lines, reading->first_bad);
	if (reading->aside > 0)
		log_info("%llu lines of policyd stand beside Postfix's, whose "
		    "mails count", (unsigned long long)reading->aside);
	if (replay->mails == 0)
		log_warning("no mail of a logged-in user was found in %llu "
		    "lines", (unsigned long long)reading->lines);
	else if (judge_from != NULL && !replay->is_judging)
		log_warning("nothing was judged: all %llu mails are from "
		    "before %s", (unsigned long long)replay->mails,
		    judge_from);
}

static void
tell(const struct job *job, const struct replay *replay,
    const struct replay_order *order)
{
	const struct told told = { .scores = replay->scores,
		.has_what_if = replay->players[1] != NULL,
		.first_ms = replay->first_ms, .last_ms = replay->last_ms,
		.rows = order->rows };

	if (job->is_json)
		tell_json(job, &told);
	else
		tell_text(job, &told);
}

static int
conclude(const struct job *job, const struct replay *replay,
    const struct replay_order *order)
{
	const struct learned learned = { .mails = replay->mails,
		.first_ms = replay->first_ms, .last_ms = replay->last_ms };

	if (order->is_learn)
		return learn_run(job, replay->players[0], &learned);
	tell(job, replay, order);
	return EX_OK;
}

/* --- the mode ------------------------------------------------------------ */

static int
run(const struct job *job, const struct config *changed,
    const struct replay_order *order, size_t changes)
{
	struct replay replay = { .scores = scores_new() };
	struct reading reading = {
		.wants_recipients = player_wants_recipients(job->config) ||
		    (changed != NULL && player_wants_recipients(changed)) };
	bool learns = order->judge_from != NULL || order->is_learn;
	int status = EX_CONFIG;

	replay.is_learn = order->is_learn;
	replay.judge_from_ms = INT64_MAX;

	if (order->judge_from != NULL)
		parse_date(order->judge_from, &replay.judge_from_ms);
	replay.is_judging = !learns;
	replay.players[0] = player_open(job->config, learns);
	if (changed != NULL && replay.players[0] != NULL)
		replay.players[1] = player_open(changed, learns);
	if (replay.players[changed != NULL] != NULL) {
		if (!order->is_learn)
			take_overrides(job, replay.players, SCORES_MAX);
		status = play_all(&replay, order->words + changes,
		    order->count - changes, &reading);
	}
	if (status == EX_OK) {
		tell_reading(&replay, &reading, order->judge_from);
		status = conclude(job, &replay, order);
	}
	player_close(replay.players[0]);
	player_close(replay.players[1]);
	scores_free(replay.scores);
	return status;
}

int
replay_run(const struct job *job, const struct replay_order *order)
{
	size_t changes = count_changes(order);
	struct config *changed = NULL;
	int status = EX_OK;
	int64_t ms;

	if (order->has_what_if && changes == 0) {
		log_error("--replay --what-if wants KEY=VALUE ... and then "
			  "files");
		return EX_USAGE;
	}
	if (order->is_learn &&
	    (order->has_what_if || order->judge_from != NULL)) {
		log_error("--replay --learn goes with neither --what-if nor "
			  "--judge-from");
		return EX_USAGE;
	}
	if (changes == order->count) {
		log_error("--replay wants logs; - is standard input");
		return EX_USAGE;
	}
	if (order->judge_from != NULL &&
	    parse_date(order->judge_from, &ms) != 0) {
		log_error("--judge-from wants a date like 2026-01-31, not "
			  "\"%.60s\"", order->judge_from);
		return EX_USAGE;
	}
	if (order->has_what_if)
		changed = changes_load(job, "", order->words, changes,
		    &status);
	if (status == EX_OK)
		status = run(job, changed, order, changes);
	if (changed != NULL)
		config_free(changed);
	return status;
}
