/*
 * block_choice.c -- the blocked accounts that an administrator means.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/block_choice.h"

#include "base/clock.h"
#include "base/mem.h"
#include "command/account_subject.h"
#include "store/would_block.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* Blocks read at a time. */
enum { PAGE = 500 };

int
choice_read(struct choice *choice, const struct job *job, char *const *names,
    size_t count, int64_t since_s)
{
	int status = EX_OK;

	*choice = (struct choice){
		.names = mem_new(count + 1, sizeof(*choice->names)),
		.since_ms = since_s < 0 ? 0 : clock_wall_ms() - since_s * 1000,
	};
	for (size_t i = 0; i < count && status == EX_OK; i++) {
		status = subject_find(job, names[i],
		    choice->names[choice->count]);
		choice->count += status == EX_OK;
	}
	return status;
}

void
choice_clear(struct choice *choice)
{
	free(choice->names);
	memset(choice, 0, sizeof(*choice));
}

bool
choice_has_domain(const struct choice *choice)
{
	for (size_t i = 0; i < choice->count; i++)
		if (choice->names[i][0] == '@')
			return true;
	return false;
}

bool
choice_has(const struct choice *choice, const char *account)
{
	const char *domain = strrchr(account, '@');

	for (size_t i = 0; i < choice->count; i++) {
		const char *name = choice->names[i];

		if (strcmp(name, account) == 0 || (name[0] == '@' &&
		    domain != NULL && strcmp(name, domain) == 0))
			return true;
	}
	return choice->count == 0;
}

enum store_result
choice_blocks(const struct choice *choice, struct store *store,
    choice_taker *take, void *taker)
{
	enum store_result (*list)(struct store *, const char *, size_t,
	    struct block **, size_t *, int64_t) =
	    choice->would ? store_list_would : store_list_blocked;
	char after[ACCOUNT_SIZE] = "";
	size_t count;

	do {
		struct block *blocks = NULL;

		if (list(store, after, PAGE, &blocks, &count,
			clock_mono_ms() + JOB_PATIENCE_MS) != STORE_DONE)
			return STORE_FAILED;
		for (size_t i = 0; i < count; i++) {
			snprintf(after, sizeof(after), "%s",
			    blocks[i].account);
			if (blocks[i].began_ms >= choice->since_ms &&
			    choice_has(choice, blocks[i].account))
				take(taker, &blocks[i]);
			else
				block_clear(&blocks[i]);
		}
		free(blocks);
	} while (count == PAGE);
	return STORE_DONE;
}
