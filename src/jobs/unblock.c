/*
 * unblock.c -- unblock accounts from the command line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/unblock.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "command/confirm.h"
#include "command/print.h"
#include "command/server_user.h"
#include "jobs/block_choice.h"
#include "policy/store_of.h"
#include "store/store.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* More than so many are asked about. */
enum { MANY = 10 };

struct unblock {
	const struct job *job;
	const struct unblock_order *order;
	struct privs privs;
	struct store *store;
	struct choice choice;
	char **accounts;	/* to be unblocked */
	size_t count;
	json_t *array;		/* of what was done; NULL: tell it in words */
	bool is_one;		/* one account, named */
	size_t done;		/* unblocked, or mail of it was found */
};

static int64_t
deadline(void)
{
	return clock_mono_ms() + JOB_PATIENCE_MS;
}

static void
choose(struct unblock *unblock, const char *account)
{
	unblock->accounts = mem_grow(unblock->accounts, unblock->count + 1,
	    sizeof(*unblock->accounts));
	unblock->accounts[unblock->count++] = mem_dup(account);
}

static void
choose_block(void *unblock, struct block *block)
{
	choose(unblock, block->account);
	block_clear(block);
}

/* Whom is it about? Who is named is told of, blocked or not, unless a time or
 * a domain chooses among the blocked. */
static int
find(struct unblock *unblock)
{
	const struct unblock_order *order = unblock->order;
	struct choice *choice = &unblock->choice;
	int status = choice_read(choice, unblock->job, order->names,
	    order->count, order->since_s);

	if (status != EX_OK)
		return status;
	if (order->since_s >= 0 || choice_has_domain(choice))
		return choice_blocks(choice, unblock->store, choose_block,
		    unblock) == STORE_DONE ? EX_OK : EX_UNAVAILABLE;
	unblock->is_one = choice->count == 1;
	for (size_t i = 0; i < choice->count; i++)
		choose(unblock, choice->names[i]);
	return EX_OK;
}

static bool
is_wanted(const struct unblock *unblock)
{
	char first[PRINT_NAME_SIZE], last[PRINT_NAME_SIZE];

	return unblock->count <= MANY || unblock->order->is_sure ||
	    confirm("Unblock %zu accounts, from %s to %s?", unblock->count,
		print_name(unblock->accounts[0], first),
		print_name(unblock->accounts[unblock->count - 1], last));
}

/* What was done to one. */
struct deed {
	bool was_blocked;
	unsigned learned;	/* places */
	size_t mails;		/* on hold, released or deleted */
};

/* Say what was done. */
static void
tell(struct unblock *unblock, const char *account, const struct deed *deed)
{
	bool was_blocked = deed->was_blocked;
	size_t mails = deed->mails;
	enum held_mail_action action = unblock->order->mail.action;
	const char *verb = action == HELD_MAIL_RELEASE ? "released" :
							 "deleted";
	FILE *out = unblock->job->out;
	char visible[PRINT_NAME_SIZE];
	json_t *document;

	if (unblock->array == NULL) {
		fprintf(out, "%s %s\n", print_name(account, visible),
		    was_blocked ? "is unblocked; its count starts afresh" :
		    "is not blocked");
		if (unblock->order->learns)
			fprintf(out, "%u of its places %s known now\n",
			    deed->learned, deed->learned == 1 ? "is" : "are");
		if (action != HELD_MAIL_LEAVE)
			fprintf(out, "%zu of its mails on hold %s %s\n",
			    mails, mails == 1 ? "was" : "were", verb);
		return;
	}
	document = json_pack("{ss ss}", "account", account, "result",
	    was_blocked ? "unblocked" : "not blocked");
	if (unblock->order->learns)
		json_object_set_new(document, "learned",
		    json_integer((json_int_t)deed->learned));
	if (action != HELD_MAIL_LEAVE)
		json_object_set_new(document, verb,
		    json_integer((json_int_t)mails));
	json_array_append_new(unblock->array, document);
}

static int
end_block(struct unblock *unblock, const char *account, struct deed *deed)
{
	enum store_result result = unblock->order->learns ?
	    store_unblock_learning(unblock->store, account, NULL,
		&deed->learned, deadline()) :
	    store_unblock(unblock->store, account, deadline());

	deed->was_blocked = result == STORE_DONE;
	return result == STORE_FAILED ? EX_UNAVAILABLE : EX_OK;
}

/* Unblock one. What cannot be done to its mail is known before that. */
static int
free_one(struct unblock *unblock, const char *account)
{
	const struct held_mail_order *mail = &unblock->order->mail;
	struct held_mails held = { NULL, 0, 0 };
	struct deed deed = { false, 0, 0 };
	int status = EX_OK;

	if (mail->action != HELD_MAIL_LEAVE)
		status = held_mail_find(unblock->job, mail, account, &held);
	if (status == EX_OK && privs_lend(&unblock->privs) != 0)
		status = EX_NOPERM;
	if (status == EX_OK) {
		status = end_block(unblock, account, &deed);
		privs_return(&unblock->privs);
	}
	if (status == EX_OK) {
		status = held_mail_act(mail, &held, &deed.mails);
		tell(unblock, account, &deed);
		unblock->done += deed.was_blocked || deed.learned > 0 ||
		    deed.mails > 0;
	}
	held_mails_clear(&held);
	return status;
}

static int
free_all(struct unblock *unblock)
{
	int status = EX_OK;

	for (size_t i = 0; i < unblock->count && status == EX_OK; i++)
		status = free_one(unblock, unblock->accounts[i]);
	if (unblock->array != NULL && (status == EX_OK || unblock->done > 0))
		print_json(unblock->job->out, unblock->is_one ?
		    json_array_get(unblock->array, 0) : unblock->array);
	else if (unblock->count == 0 && status == EX_OK)
		fputs("nobody of those is blocked\n", unblock->job->out);
	if (status == EX_OK && unblock->done == 0)
		status = JOB_NOT_FOUND;
	return status;
}

int
unblock_run(const struct job *job, const struct unblock_order *order)
{
	struct unblock unblock = { .job = job, .order = order,
		.array = job->is_json ? json_array() : NULL };
	int status = EX_CONFIG;

	if (server_user_lookup(job->config, &unblock.privs) != 0)
		goto fail;
	status = EX_NOPERM;
	if (privs_lend(&unblock.privs) != 0)
		goto fail;
	unblock.store = store_of(job->config);
	store_act_as(unblock.store, job->user, "command line");
	status = find(&unblock);
	privs_return(&unblock.privs);
	if (status == EX_OK && is_wanted(&unblock))
		status = free_all(&unblock);
	else if (status == EX_OK)
		status = JOB_NOT_FOUND;
fail:
	store_close(unblock.store);
	for (size_t i = 0; i < unblock.count; i++)
		free(unblock.accounts[i]);
	free(unblock.accounts);
	choice_clear(&unblock.choice);
	json_decref(unblock.array);
	privs_clear(&unblock.privs);
	return status;
}
