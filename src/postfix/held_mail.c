/*
 * held_mail.c -- an account's mail that Postfix holds: release or delete it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "postfix/held_mail.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "directory/account_lookup.h"
#include "postfix/postfix_command.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	/* Mails asked about in one run of postcat, names resolved at once. */
	BATCH = 200,
};

static void
take_listing(void *held, const char *line)
{
	held_mails_add(held, line);
}

static void
take_record(void *reader, const char *line)
{
	record_reader_take(reader, line);
}

/* Read the records of some mails. Returns 0, or an exit status. */
static int
read_batch(const struct held_mail_order *order, struct held_mails *held,
    size_t from, size_t count)
{
	struct record_reader reader = { .mails = held, .next = from };
	const char *arguments[BATCH + 3] = { "-e", "-q" };

	for (size_t i = 0; i < count; i++)
		arguments[2 + i] = held->list[from + i].id;
	return postfix_run(&(struct postfix_command){
	    .program = "postcat",
	    .config = order->postfix_config,
	    .arguments = arguments,
	    .take = take_record,
	    .taker = &reader,
	    .may_fail = true });
}

/* Read the records of all of them. A mail that is gone meanwhile ends the run
 * of postcat: go on behind it. */
static int
read_records(const struct held_mail_order *order, struct held_mails *held)
{
	for (size_t from = 0; from < held->count;) {
		size_t left = held->count - from;
		size_t count = left < BATCH ? left : BATCH;
		size_t read = 0;
		int status = read_batch(order, held, from, count);

		if (status != EX_OK)
			return status;
		while (read < count && held->list[from + read].is_read)
			read++;
		from += read < count ? read + 1 : read;
	}
	return EX_OK;
}

/* Whose are they? */
static int
name_accounts(const struct config *config, struct held_mails *held)
{
	struct accounts *accounts = accounts_open(&config->ldap);
	struct account_query *queries;

	if (accounts == NULL)
		return EX_UNAVAILABLE;
	queries = mem_new(BATCH, sizeof(*queries));
	for (size_t from = 0; from < held->count; from += BATCH) {
		size_t left = held->count - from;
		size_t count = left < BATCH ? left : BATCH;

		for (size_t i = 0; i < count; i++)
			held_mail_name(config, &held->list[from + i],
			    queries[i].name);
		accounts_resolve(accounts, queries, count,
		    clock_mono_ms() + JOB_PATIENCE_MS);
		for (size_t i = 0; i < count; i++)
			memcpy(held->list[from + i].account, queries[i].name,
			    ACCOUNT_SIZE);
	}
	free(queries);
	accounts_close(accounts);
	return EX_OK;
}

/* Keep those of this account, in place. */
static void
keep(struct held_mails *held, const char *account)
{
	struct held_mails others = { NULL, 0, 0 };
	size_t kept = 0;

	others.list = mem_new(held->count + 1, sizeof(*others.list));
	for (size_t i = 0; i < held->count; i++) {
		const struct held_mail *mail = &held->list[i];

		/* One that postcat did not find is not on hold any more. */
		if (mail->is_read && strcmp(mail->account, account) == 0)
			held->list[kept++] = *mail;
		else
			others.list[others.count++] = *mail;
	}
	held->count = kept;
	held_mails_clear(&others);
}

int
held_mail_find(const struct job *job, const struct held_mail_order *order,
    const char *account, struct held_mails *held)
{
	int status;

	memset(held, 0, sizeof(*held));
	if (geteuid() != 0) {
		log_error("only root may release or delete mail of Postfix");
		return EX_NOPERM;
	}
	status = postfix_run(&(struct postfix_command){
	    .program = "postqueue",
	    .config = order->postfix_config,
	    .arguments = (const char *const[]){ "-j", NULL },
	    .take = take_listing,
	    .taker = held });
	if (status == EX_OK)
		status = read_records(order, held);
	if (status == EX_OK)
		status = name_accounts(job->config, held);
	if (status == EX_OK)
		keep(held, account);
	return status;
}

static void
take_count(void *done, const char *line)
{
	*(size_t *)done += queue_parse_count(line);
}

int
held_mail_act(const struct held_mail_order *order, const struct held_mails *held,
    size_t *done)
{
	/* -H and "-d ... hold" look at mail on hold and at no other. */
	static const char *const release[] = { "-H", "-", NULL };
	static const char *const delete[] = { "-d", "-", "hold", NULL };
	char *ids;
	size_t length = 0;
	int status;

	*done = 0;
	if (held->count == 0)
		return EX_OK;
	for (size_t i = 0; i < held->count; i++)
		length += strlen(held->list[i].id) + 1;
	ids = mem_new(length + 1, 1);
	length = 0;
	for (size_t i = 0; i < held->count; i++)
		length += (size_t)sprintf(ids + length, "%s\n",
		    held->list[i].id);
	status = postfix_run(&(struct postfix_command){
	    .program = "postsuper",
	    .config = order->postfix_config,
	    .arguments = order->action == HELD_MAIL_RELEASE ? release : delete,
	    .input = ids,
	    .take = take_count,
	    .taker = done,
	    .takes_errors = true });
	free(ids);
	return status;
}
