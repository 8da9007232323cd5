/*
 * unblock.c -- unblock accounts from the command line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/unblock.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "command/print.h"
#include "command/subject.h"
#include "policy/store_of.h"
#include "server/privs.h"
#include "store/store.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	PAGE = 500,	/* blocks read at a time */
	MANY = 10,	/* more than so many are asked about */
};

struct unblock {
	const struct job *job;
	const struct unblock_order *order;
	struct privs privs;
	struct store *store;
	char (*names)[ACCOUNT_SIZE];	/* as given, but cleaned */
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

/* Is a blocked account one of those that were named? */
static bool
is_meant(const struct unblock *unblock, const char *account)
{
	const struct unblock_order *order = unblock->order;
	const char *domain = strrchr(account, '@');

	for (size_t i = 0; i < order->count; i++) {
		const char *name = unblock->names[i];

		if (strcmp(name, account) == 0 || (name[0] == '@' &&
		    domain != NULL && strcmp(name, domain) == 0))
			return true;
	}
	return order->count == 0;
}

/* Choose among the accounts that are blocked. */
static int
choose_blocked(struct unblock *unblock)
{
	int64_t since_s = unblock->order->since_s;
	int64_t since_ms = since_s < 0 ? 0 : clock_wall_ms() - since_s * 1000;
	char after[ACCOUNT_SIZE] = "";
	size_t count;

	do {
		struct block *blocks = NULL;

		if (store_list_blocked(unblock->store, after, PAGE, &blocks,
			&count, deadline()) != STORE_DONE)
			return EX_UNAVAILABLE;
		for (size_t i = 0; i < count; i++) {
			if (blocks[i].began_ms >= since_ms &&
			    is_meant(unblock, blocks[i].account))
				choose(unblock, blocks[i].account);
			snprintf(after, sizeof(after), "%s",
			    blocks[i].account);
			block_clear(&blocks[i]);
		}
		free(blocks);
	} while (count == PAGE);
	return EX_OK;
}

/* Whom is it about? Who is named is told of, blocked or not, unless a time or
 * a domain chooses among the blocked. */
static int
find(struct unblock *unblock)
{
	const struct unblock_order *order = unblock->order;
	bool is_list = order->since_s < 0;
	int status;

	unblock->names = mem_new(order->count + 1, sizeof(*unblock->names));
	for (size_t i = 0; i < order->count; i++) {
		status = subject_find(unblock->job, order->names[i],
		    unblock->names[i]);
		if (status != EX_OK)
			return status;
		is_list = is_list && unblock->names[i][0] != '@';
	}
	unblock->is_one = is_list && order->count == 1;
	if (!is_list)
		return choose_blocked(unblock);
	for (size_t i = 0; i < order->count; i++)
		choose(unblock, unblock->names[i]);
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
	free(unblock.names);
	json_decref(unblock.array);
	privs_clear(&unblock.privs);
	return status;
}
