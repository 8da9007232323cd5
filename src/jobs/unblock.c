/*
 * unblock.c -- unblock accounts from the command line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/unblock.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "command/print.h"
#include "jobs/choice.h"
#include "policy/store_of.h"
#include "server/privs.h"
#include "store/store.h"

#include <ctype.h>
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

/* Ask whoever is there. */
static bool
is_wanted(const struct unblock *unblock)
{
	int answer;

	if (unblock->count <= MANY || unblock->order->is_sure ||
	    !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return true;
	fprintf(stderr, "Unblock %zu accounts, from %s to %s? [y/N] ",
	    unblock->count, unblock->accounts[0],
	    unblock->accounts[unblock->count - 1]);
	fflush(stderr);
	answer = getchar();
	return tolower(answer) == 'y';
}

/* Say what was done: to the block, and to the mail on hold. */
static void
tell(struct unblock *unblock, const char *account, bool was_blocked,
    size_t mails)
{
	enum held_mail_action action = unblock->order->mail.action;
	const char *verb = action == HELD_MAIL_RELEASE ? "released" :
							 "deleted";
	FILE *out = unblock->job->out;
	json_t *document;

	if (unblock->array == NULL) {
		fprintf(out, "%s %s\n", account, was_blocked ?
		    "is unblocked; its count starts afresh" :
		    "is not blocked");
		if (action != HELD_MAIL_LEAVE)
			fprintf(out, "%zu of its mails on hold %s %s\n",
			    mails, mails == 1 ? "was" : "were", verb);
		return;
	}
	document = json_pack("{ss ss}", "account", account, "result",
	    was_blocked ? "unblocked" : "not blocked");
	if (action != HELD_MAIL_LEAVE)
		json_object_set_new(document, verb,
		    json_integer((json_int_t)mails));
	json_array_append_new(unblock->array, document);
}

/* Unblock one. What cannot be done to its mail is known before that. */
static int
free_one(struct unblock *unblock, const char *account)
{
	const struct held_mail_order *mail = &unblock->order->mail;
	struct held_mails held = { NULL, 0, 0 };
	enum store_result result = STORE_NONE;
	size_t mails = 0;
	int status = EX_OK;

	if (mail->action != HELD_MAIL_LEAVE)
		status = held_mail_find(unblock->job, mail, account, &held);
	if (status == EX_OK && privs_lend(&unblock->privs) != 0)
		status = EX_NOPERM;
	if (status == EX_OK) {
		result = store_unblock(unblock->store, account, deadline());
		privs_return(&unblock->privs);
		if (result == STORE_FAILED)
			status = EX_UNAVAILABLE;
	}
	if (status == EX_OK) {
		status = held_mail_act(mail, &held, &mails);
		tell(unblock, account, result == STORE_DONE, mails);
		unblock->done += result == STORE_DONE || mails > 0;
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
	uid_t uid;

	if (geteuid() == 0 &&
	    privs_find_user(job->config->server.user, &uid) == 0 &&
	    privs_lookup(&unblock.privs, job->config->server.user,
		job->config->server.group) != 0)
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
