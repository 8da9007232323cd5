/*
 * blocks.c -- list and block accounts from the command line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/blocks.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "command/print.h"
#include "command/subject.h"
#include "policy/store_of.h"
#include "policy/reply.h"
#include "policy/show.h"
#include "store/store.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* Blocks read at a time. */
enum { PAGE = 500 };

static int64_t
deadline(void)
{
	return clock_mono_ms() + JOB_PATIENCE_MS;
}

static void
add_row(struct table *table, const struct block *block)
{
	char began[24];
	char until[24];
	char attempts[24];
	char reason[REASON_SIZE];
	const char *row[] = { block->account, began, until, attempts,
		block->country[0] != '\0' ? block->country : "-",
		block->client[0] != '\0' ? block->client : "-", reason };

	clock_format(block->began_ms, began);
	print_until(block->until_ms, until);
	snprintf(attempts, sizeof(attempts), "%llu",
	    (unsigned long long)block->attempts);
	reply_reason(block->cause, block->found, block->limit, block->per_s,
	    block->note, reason);
	table_add(table, row);
}

/* Read all blocks, page by page, into a table or an array of JSON. */
static enum store_result
collect(struct store *store, struct table *table, json_t *array)
{
	enum store_result result;
	char after[ACCOUNT_SIZE] = "";
	size_t count;

	do {
		struct block *blocks = NULL;

		result = store_list_blocked(store, after, PAGE, &blocks,
		    &count, deadline());
		if (result != STORE_DONE)
			return result;
		for (size_t i = 0; i < count; i++) {
			if (array != NULL)
				json_array_append_new(array,
				    show_block(&blocks[i]));
			else
				add_row(table, &blocks[i]);
			snprintf(after, sizeof(after), "%s",
			    blocks[i].account);
			block_clear(&blocks[i]);
		}
		free(blocks);
	} while (count == PAGE);
	return STORE_DONE;
}

int
blocks_list(const struct job *job)
{
	static const char *const heads[] = { "ACCOUNT", "BLOCKED AT", "UNTIL",
		"REFUSED", "COUNTRY", "CLIENT", "REASON", NULL };
	struct store *store = store_of(job->config);
	struct table *table = table_new(heads);
	json_t *array = job->is_json ? json_array() : NULL;
	enum store_result result = collect(store, table, array);

	if (result == STORE_DONE && job->is_json)
		print_json(job->out, array);
	else if (result == STORE_DONE && table_rows(table) > 0)
		table_print(table, job->out);
	json_decref(array);
	table_free(table);
	store_close(store);
	return result == STORE_DONE ? EX_OK : EX_UNAVAILABLE;
}

int
blocks_add(const struct job *job, const char *given, uint32_t duration_s,
    const char *note)
{
	struct store *store;
	char account[ACCOUNT_SIZE];
	enum store_result result;
	char until[24];
	int status = subject_find(job, given, account);

	if (status != EX_OK)
		return status;
	if (account[0] == '@') {
		log_error("\"%s\" is a domain: block its accounts one by one",
		    account);
		return EX_USAGE;
	}
	if (!text_is_utf8(note)) {
		log_error("--reason wants text in UTF-8");
		return EX_USAGE;
	}
	store = store_of(job->config);
	store_act_as(store, job->user, "command line");
	result = store_block(store, account, duration_s, note, deadline());
	store_close(store);
	if (result != STORE_DONE)
		return EX_UNAVAILABLE;
	print_until(duration_s == 0 ? 0 :
	    clock_wall_ms() + (int64_t)duration_s * 1000, until);
	if (job->is_json)
		print_outcome(job->out, account, "blocked");
	else
		fprintf(job->out, "%s is blocked until %s%s\n", account,
		    duration_s == 0 ? "it is unblocked" : until,
		    job->config->mode == MODE_OBSERVE ?
		    "; its mail passes all the same, for mode is observe" :
		    "");
	return EX_OK;
}
