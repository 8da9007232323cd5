/*
 * blocks.c -- list and block accounts from the command line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/blocks.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/print.h"
#include "command/account_subject.h"
#include "jobs/block_choice.h"
#include "policy/block_json.h"
#include "policy/store_of.h"
#include "policy/reply.h"
#include "store/store.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* The blocks that are listed. */
struct listing {
	struct block *blocks;
	size_t count;
};

static int64_t
deadline(void)
{
	return clock_mono_ms() + JOB_PATIENCE_MS;
}

static void
take_block(void *taker, struct block *block)
{
	struct listing *listing = taker;

	listing->blocks = mem_grow(listing->blocks, listing->count + 1,
	    sizeof(*listing->blocks));
	listing->blocks[listing->count++] = *block;
}

static int
newest_first(const void *a, const void *b)
{
	const struct block *one = a;
	const struct block *other = b;

	if (one->began_ms != other->began_ms)
		return one->began_ms < other->began_ms ? 1 : -1;
	return strcmp(one->account, other->account);
}

static void
add_row(struct table *table, const struct block *block, bool would, FILE *out)
{
	char began[WHEN_SIZE];
	char until[WHEN_SIZE];
	char attempts[24];
	char reason[REASON_SIZE];
	const char *row[] = { block->account, began, until, attempts,
		block->country[0] != '\0' ? block->country : "-",
		block->client[0] != '\0' ? block->client : "-", reason };

	print_time(out, block->began_ms, began);
	print_time(out, block->until_ms, until);
	snprintf(attempts, sizeof(attempts), would ? "-" : "%llu",
	    (unsigned long long)block->attempts);
	reply_reason(block->cause, block->found, block->limit, block->per_s,
	    block->note, reason);
	table_add(table, row);
}

static void
print_listing(const struct job *job, const struct listing *listing,
    size_t most, bool would)
{
	const char *const heads[] = { "ACCOUNT", would ? "FROM" : "BLOCKED AT",
		"UNTIL", "REFUSED", "COUNTRY", "CLIENT", "REASON", NULL };
	struct table *table = table_new(heads);
	json_t *array = json_array();

	for (size_t i = 0; i < most; i++) {
		if (job->is_json)
			json_array_append_new(array,
			    show_block(&listing->blocks[i]));
		else
			add_row(table, &listing->blocks[i], would, job->out);
	}
	if (job->is_json)
		print_json(job->out, array);
	else if (table_rows(table) > 0)
		table_print(table, job->out);
	if (!job->is_json && most < listing->count)
		fprintf(job->out, "and %zu more\n", listing->count - most);
	json_decref(array);
	table_free(table);
}

int
blocks_list(const struct job *job, const struct blocks_order *order)
{
	struct listing listing = { NULL, 0 };
	struct choice choice;
	struct store *store;
	int status = choice_read(&choice, job, order->names, order->count,
	    order->since_s);

	if (status != EX_OK) {
		choice_clear(&choice);
		return status;
	}
	if (order->would && job->config->mode != MODE_OBSERVE)
		log_warning("mode is enforce: who is blocked is blocked; "
			    "--would is for observe");
	choice.would = order->would;
	store = store_of(job->config);
	if (choice_blocks(&choice, store, take_block, &listing) !=
	    STORE_DONE) {
		status = EX_UNAVAILABLE;
	} else {
		if (listing.count > 0)
			qsort(listing.blocks, listing.count,
			    sizeof(*listing.blocks), newest_first);
		print_listing(job, &listing, order->rows > 0 &&
			(uint64_t)order->rows < listing.count ?
		    (size_t)order->rows : listing.count, order->would);
	}
	for (size_t i = 0; i < listing.count; i++)
		block_clear(&listing.blocks[i]);
	free(listing.blocks);
	store_close(store);
	choice_clear(&choice);
	return status;
}

int
blocks_add(const struct job *job, const char *given, uint32_t duration_s,
    const char *note)
{
	struct store *store;
	char account[ACCOUNT_SIZE];
	enum store_result result;
	char until[WHEN_SIZE], visible[PRINT_NAME_SIZE];
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
	print_moment(job->out, duration_s == 0 ? 0 :
	    clock_wall_ms() + (int64_t)duration_s * 1000, until);
	if (job->is_json)
		print_outcome(job->out, account, "blocked");
	else
		fprintf(job->out, "%s is blocked until %s%s\n",
		    print_name(account, visible),
		    duration_s == 0 ? "it is unblocked" : until,
		    job->config->mode == MODE_OBSERVE ?
		    "; its mail passes all the same, for mode is observe" :
		    "");
	return EX_OK;
}
