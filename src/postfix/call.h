/*
 * call.h -- where Postfix calls policyd from, and if that is us. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POSTFIX_CALL_H
#define POSTFIX_CALL_H

#include "config/config.h"
#include "postfix/facts.h"

#include <stdint.h>

/* The lists that smtpd may call a policy service from. */
enum postfix_list {
	LIST_CLIENT,
	LIST_HELO,
	LIST_SENDER,
	LIST_RELAY,
	LIST_RECIPIENT,
	LIST_DATA,
	LIST_END_OF_DATA,
	LIST_COUNT
};
extern const char *const postfix_lists[LIST_COUNT];

/* What was found in one list of one service. */
struct postfix_call {
	bool is_there;		/* policyd is called */
	bool is_too_late;	/* but behind what lets logins through */
	char before[RESTRICTION_SIZE];	/* what that is */
	bool is_soft;		/* default_action lets mail pass without us */
	int64_t timeout_s;	/* it waits for an answer for so long ... */
	int64_t tries;		/* ... so often, ... */
	int64_t delay_s;	/* ... with so long a rest between them */
	char stranger[RESTRICTION_SIZE];	/* a call of what looks like us,
						 * but is not; or "" */
};

/* Look for calls of policyd in a list. */
void postfix_call_find(const struct config *, const struct postfix_facts *,
    const struct postfix_service *, enum postfix_list,
    struct postfix_call *);

/* How long a recipient waits for a policyd that does not answer. */
int64_t postfix_call_patience_s(const struct postfix_call *);

/*
 * How a service is to name policyd: "unix:policyd/policy". Returns false if
 * it cannot reach any of our sockets, because of its chroot.
 */
bool postfix_call_name(const struct config *, const struct postfix_facts *,
    const struct postfix_service *, char name[RESTRICTION_SIZE]);

/* The path of the socket of ours that a service reaches, or NULL. */
const char *postfix_call_socket(const struct config *,
    const struct postfix_facts *, const struct postfix_service *);

#endif
