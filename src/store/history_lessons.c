/*
 * history_lessons.c -- what a store has learned of accounts, for another.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/history_lessons.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/query.h"
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

static uint8_t
digit(char c)
{
	return (uint8_t)(c >= 'a' ? c - 'a' + 10 : c >= 'A' ? c - 'A' + 10 :
							     c - '0');
}

static void
take_lesson(struct store *store, void *row)
{
	struct lesson *lesson = row;
	uint8_t bytes[HISTORY_BYTES_MAX];
	const char *text = query_text(store, 2);
	size_t length = strlen(text) / 2;

	/* What is longer no program wrote: it is no history. */
	if (length > sizeof(bytes))
		length = 0;
	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(digit(text[2 * i]) << 4 |
		    digit(text[2 * i + 1]));
	history_unpack(&lesson->history, bytes, length);
	lesson->account = query_copy(store, 0);
	lesson->seen_ms = query_number(store, 1);
}

static void
clear_lesson(void *row)
{
	lesson_clear(row);
}

enum store_result
store_lessons(struct store *store, const char *after, size_t most,
    struct lesson **lessons, size_t *count, int64_t deadline_ms)
{
	struct query_list list = { .size = sizeof(**lessons),
		.take = take_lesson, .clear = clear_lesson };
	enum store_result result = query_all(store, &list, ACCESS_WALK,
	    deadline_ms, "save_histories", VALUE_TEXT(after),
	    VALUE_NUMBER(most));

	*lessons = list.rows;
	*count = list.count;
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
