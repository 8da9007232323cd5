/*
 * queue.h -- an account's mail that Postfix holds: release or delete it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With an action like "HOLD" mail of a blocked account is kept in Postfix's
 * hold queue until somebody decides. Whose a mail is, is what Postfix wrote
 * down with it, read as a request is: the login it was submitted with (or
 * what else identity.keys names), LDAP's aliases included. Only a mail
 * without any, as of a local user, goes by its sender: a sender is easily
 * forged, and a stolen account's mail often has another.
 */
#ifndef JOBS_QUEUE_H
#define JOBS_QUEUE_H

#include "jobs/job.h"
#include "jobs/queue_parse.h"

enum queue_action { QUEUE_LEAVE, QUEUE_RELEASE, QUEUE_DELETE };

struct queue_order {
	enum queue_action action;
	const char *postfix_config;	/* Postfix's directory; NULL: its own */
};

/*
 * Find the mail of an account that is on hold. Return 0, or an exit status
 * after saying why not; held is to be cleared in any case.
 */
int queue_find(const struct job *, const struct queue_order *,
    const char *account, struct held_mails *held);

/* Release or delete these, as far as they are still on hold; how many that
 * were in *done. Return 0 or an exit status. */
int queue_act(const struct queue_order *, const struct held_mails *,
    size_t *done);

#endif
