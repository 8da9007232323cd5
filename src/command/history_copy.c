/*
 * history_copy.c -- carry what a store has learned of accounts to another.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "command/history_copy.h"

#include "base/clock.h"
#include "command/progress.h"
#include "directory/account_name.h"
#include "store/history_lessons.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAGE = 64, PAGE_MS = 60000 };

/* Carry a page over, behind the account `after`; how many it had in *count. */
static enum store_result
copy_page(struct store *from, struct store *to, char after[ACCOUNT_SIZE],
    size_t *count, struct history_copied *copied)
{
	int64_t deadline_ms = clock_mono_ms() + PAGE_MS;
	struct lesson *page;
	enum store_result result = store_lessons(from, after, PAGE, &page,
	    count, deadline_ms);

	if (result == STORE_DONE)
		result = store_teach(to, page, *count, deadline_ms);
	for (size_t i = 0; i < *count; i++) {
		snprintf(after, ACCOUNT_SIZE, "%s", page[i].account);
		copied->accounts++;
		copied->places += page[i].history.places.count;
		copied->news += page[i].is_news;
		lesson_clear(&page[i]);
	}
	free(page);
	return result;
}

int
history_copy(struct store *from, struct store *to,
    struct history_copied *copied)
{
	struct progress progress = { .next_ms = 0 };
	char after[ACCOUNT_SIZE] = "";
	enum store_result result;
	size_t count;

	*copied = (struct history_copied){ .accounts = 0 };
	do {
		result = copy_page(from, to, after, &count, copied);
		progress_tell(&progress, copied->accounts, "histories");
	} while (result == STORE_DONE && count == PAGE);
	progress_end(&progress);
	return result == STORE_DONE ? 0 : -1;
}
