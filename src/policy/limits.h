/*
 * limits.h -- is an account over its limits? Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_LIMITS_H
#define POLICY_LIMITS_H

#include "store/finding.h"
#include "store/store.h"

/*
 * Which limit does an account break that has this evidence, the login
 * included? CAUSE_NONE: none. A limit itself is allowed; one more is not.
 *
 * only_countries and only_networks replace all limits of number: a login from
 * outside a list breaks it at once, one from inside never. A login without a
 * country is not outside only_countries, one from an exempt country is outside
 * neither.
 */
struct judgement limits_judge(const struct settings *,
    const struct evidence *, const struct login *);

/*
 * Count the places of logins (those that are within the window) and of one
 * login more, NULL for none, that takes the place of an earlier one from its
 * network.
 */
struct evidence limits_count(const struct settings *,
    const struct login_record *logins, size_t count,
    const struct login *extra);

/* Is a country one of the account's home countries? "" is foreign. */
bool limits_is_home(const struct settings *, const char *country);

#endif
