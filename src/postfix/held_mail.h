/*
 * held_mail.h -- an account's mail that Postfix holds: release or delete it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With an action like "HOLD" mail of a blocked account is kept in Postfix's
 * hold queue until somebody decides. Whose a mail is, is what Postfix wrote
 * down with it, read as a request is: the login it was submitted with (or
 * what else identity.keys names), LDAP's aliases included. Only a mail
 * without any, as of a local user, goes by its sender: a sender is easily
 * forged, and a stolen account's mail often has another.
 */
#ifndef POSTFIX_HELD_MAIL_H
#define POSTFIX_HELD_MAIL_H

#include "command/job.h"
#include "postfix/held_parse.h"

enum held_mail_action { HELD_MAIL_LEAVE, HELD_MAIL_RELEASE, HELD_MAIL_DELETE };

struct held_mail_order {
	enum held_mail_action action;
	const char *postfix_config;	/* Postfix's directory; NULL: its own */
};

/*
 * Find the mail of an account that is on hold. Return 0, or an exit status
 * after saying why not; held is to be cleared in any case.
 */
int held_mail_find(const struct job *, const struct held_mail_order *,
    const char *account, struct held_mails *held);

/* Release or delete these, as far as they are still on hold; how many that
 * were in *done. Return 0 or an exit status. */
int held_mail_act(const struct held_mail_order *, const struct held_mails *,
    size_t *done);

#endif
