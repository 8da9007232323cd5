/*
 * lessons.c -- what one store has learned of accounts, carried to another.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/lessons.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/round.h"
#include "store/side.h"

#include <stdlib.h>
#include <string.h>

void
lesson_clear(struct lesson *lesson)
{
	free(lesson->account);
	lesson->account = NULL;
}

enum store_result
store_lessons(struct store *store, const char *after, size_t most,
    struct lesson **lessons, size_t *count, int64_t deadline_ms)
{
	struct work *work = mem_new(1, sizeof(*work));
	struct saved_account *accounts;
	enum store_result result = store_save_accounts(store, after, most,
	    &accounts, count, deadline_ms);

	*lessons = mem_new(*count + 1, sizeof(**lessons));
	for (size_t i = 0; i < *count; i++) {
		struct settings settings = *store->setup.settings;
		struct lesson *lesson = &(*lessons)[i];
		int64_t now_ms;

		lesson->account = mem_dup(accounts[i].account);
		saved_account_clear(&accounts[i]);
		work->account = lesson->account;
		work->progress = WORK_OPEN;
		if (result == STORE_DONE && round_read(store->round, work,
			&settings, &now_ms, deadline_ms) != 0)
			result = STORE_FAILED;
		lesson->seen_ms = work->state.seen_ms;
		lesson->history = work->state.history;
	}
	free(accounts);
	work_clear(work);
	free(work);
	return result;
}

/* The works that somebody else keeps from being done, again. */
static size_t
collect_busy(struct work **works, size_t count)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++)
		if (works[i]->progress == WORK_BUSY) {
			works[i]->progress = WORK_OPEN;
			works[left++] = works[i];
		}
	return left;
}

enum store_result
store_teach(struct store *store, struct lesson *lessons, size_t count,
    int64_t deadline_ms)
{
	struct work *works = mem_new(count + 1, sizeof(*works));
	struct work **open = mem_new(count + 1, sizeof(struct work *));
	enum store_result result = STORE_DONE;
	size_t left = count;

	for (size_t i = 0; i < count; i++) {
		works[i].account = lessons[i].account;
		works[i].kind = WORK_LEARN;
		works[i].lesson = &lessons[i];
		works[i].progress = WORK_OPEN;
		open[i] = &works[i];
	}
	while (left > 0) {
		round_play(store->round, open, left, deadline_ms);
		left = collect_busy(open, left);
		if (clock_left_ms(deadline_ms) == 0)
			break;
	}
	for (size_t i = 0; i < count; i++) {
		if (works[i].progress != WORK_DONE)
			result = STORE_FAILED;
		work_clear(&works[i]);
	}
	free(open);
	free(works);
	return result;
}

void
lesson_apply(struct work *work, const struct settings *settings)
{
	struct lesson *lesson = work->lesson;
	struct account_state *state = &work->state;
	bool is_news = history_merge(&state->history, &lesson->history,
	    settings->rules[RULE_DECAY]);

	if (state->seen_ms < lesson->seen_ms) {
		state->seen_ms = lesson->seen_ms;
		is_news = true;
	}
	lesson->is_news = is_news;
	work->is_changed |= is_news;
	work->must_last |= is_news;
}
