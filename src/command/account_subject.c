/*
 * account_subject.c -- the account that an administrator names.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "command/account_subject.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

int
subject_find(const struct job *job, const char *given,
    char account[ACCOUNT_SIZE])
{
	struct account_query query;
	struct accounts *accounts;

	if (given[0] == '\0' || !text_is_utf8(given) ||
	    account_name_clean(&job->config->identity, given, query.name) !=
		0) {
		log_error("\"%.60s\" is not the name of an account: give "
			  "1 to %d bytes of UTF-8", given, ACCOUNT_SIZE - 1);
		return EX_USAGE;
	}
	accounts = accounts_open(&job->config->ldap);
	if (accounts == NULL)
		return EX_UNAVAILABLE;
	accounts_resolve(accounts, &query, 1,
	    clock_mono_ms() + JOB_PATIENCE_MS);
	accounts_close(accounts);
	memcpy(account, query.name, ACCOUNT_SIZE);
	return EX_OK;
}

int
subject_find_for_settings(const struct job *job, const char *given,
    char account[ACCOUNT_SIZE])
{
	int status = subject_find(job, given, account);

	if (status == EX_OK && strcmp(account, "@") == 0) {
		log_error("\"@\" is a domain without a name: give @example.com, "
			  "or change the general value in the configuration");
		return EX_USAGE;
	}
	return status;
}

const char *
subject_user(char user[SUBJECT_USER_SIZE])
{
	const struct passwd *entry = getpwuid(getuid());

	if (entry != NULL)
		snprintf(user, SUBJECT_USER_SIZE, "%s", entry->pw_name);
	else
		snprintf(user, SUBJECT_USER_SIZE, "uid:%u",
		    (unsigned)getuid());
	return user;
}
