/*
 * history_lessons.h -- what a store has learned of accounts, for another.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_HISTORY_LESSONS_H
#define STORE_HISTORY_LESSONS_H

#include "store/history.h"
#include "store/store.h"

struct lesson {
	char *account;
	int64_t seen_ms;	/* its last login; 0: none */
	struct history history;
	bool is_news;		/* store_teach: it was not known yet */
};
void lesson_clear(struct lesson *);

/* The histories of the next accounts after `after` ("" to begin), at most
 * `most`. The caller clears each and frees the array. */
enum store_result store_lessons(struct store *, const char *after,
    size_t most, struct lesson **, size_t *count, int64_t deadline_ms);

/*
 * Add them to what the store knows: days of either, the greater peaks. What it
 * knows already stays, so doing so twice changes nothing. Beside a running
 * server each account is changed like by a request of its own.
 */
enum store_result store_teach(struct store *, struct lesson *, size_t count,
    int64_t deadline_ms);

#endif
