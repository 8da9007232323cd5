/*
 * policy_service.h -- where Postfix calls policyd, and if that is us. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POSTFIX_POLICY_SERVICE_H
#define POSTFIX_POLICY_SERVICE_H

#include "config/config.h"
#include "postfix/postconf_facts.h"

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
struct policy_service {
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
void policy_service_find(const struct config *, const struct postfix_facts *,
    const struct postfix_service *, enum postfix_list,
    struct policy_service *);

/* How long a recipient waits for a policyd that does not answer. */
int64_t policy_service_patience_s(const struct policy_service *);

/*
 * How a service is to name policyd: "unix:policyd/policy". Returns false if
 * it cannot reach any of our sockets, because of its chroot.
 */
bool policy_service_name(const struct config *, const struct postfix_facts *,
    const struct postfix_service *, char name[RESTRICTION_SIZE]);

/* The path of the socket of ours that a service reaches, or NULL. */
const char *policy_service_socket(const struct config *,
    const struct postfix_facts *, const struct postfix_service *);

#endif
