/*
 * account_subject.h -- the account that an administrator names.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef COMMAND_ACCOUNT_SUBJECT_H
#define COMMAND_ACCOUNT_SUBJECT_H

#include "command/job.h"
#include "directory/account_lookup.h"

/*
 * Write the account that a typed name stands for: lower case, without its
 * extension, and the account itself for an alias that LDAP knows. Return 0,
 * or an exit status after saying why not.
 */
int subject_find(const struct job *, const char *given,
    char account[ACCOUNT_SIZE]);

/* The same for whom settings of his own are to be written: an account, or a
 * domain, "@example.com". */
int subject_find_for_settings(const struct job *, const char *given,
    char account[ACCOUNT_SIZE]);

enum { SUBJECT_USER_SIZE = 64 };

/* Who runs the command, for the audit trail, as long as the process is his: a
 * name of the password file, or "uid:1000". Returns user. */
const char *subject_user(char user[SUBJECT_USER_SIZE]);

#endif
