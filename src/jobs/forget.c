/*
 * forget.c -- delete all that is known of one account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/forget.h"

#include "base/clock.h"
#include "base/log.h"
#include "command/account_subject.h"
#include "command/confirm.h"
#include "command/print.h"
#include "policy/store_of.h"
#include "store/forget.h"

#include <sysexits.h>

int
forget_run(const struct job *job, const char *given, bool is_sure)
{
	struct store *store;
	enum store_result result;
	char account[ACCOUNT_SIZE], visible[PRINT_NAME_SIZE];
	int status = subject_find(job, given, account);

	if (status != EX_OK)
		return status;
	if (account[0] == '@') {
		log_error("accounts are forgotten, not domains");
		return EX_USAGE;
	}
	if (!is_sure && !confirm("Delete all that is known of %s?",
	    print_name(account, visible)))
		return JOB_NOT_FOUND;
	store = store_of(job->config);
	store_act_as(store, job->user, "command line");
	result = store_forget(store, account,
	    clock_mono_ms() + JOB_PATIENCE_MS);
	store_close(store);
	if (result == STORE_FAILED)
		return EX_UNAVAILABLE;
	if (job->is_json)
		print_outcome(job->out, account, result == STORE_DONE ?
		    "forgotten" : "not known");
	else
		fprintf(job->out, result == STORE_DONE ?
		    "%s is forgotten\n" : "nothing is known of %s\n",
		    print_name(account, visible));
	return result == STORE_DONE ? EX_OK : JOB_NOT_FOUND;
}
