/*
 * limits.h -- is an account over its limits? Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_LIMITS_H
#define POLICY_LIMITS_H

#include "facts/finding.h"
#include "facts/store.h"

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

/* The evidence there will be once login is recorded, if it is_new in the
 * window; is_new_country: no other login of the window is from there. */
struct evidence limits_add(const struct evidence *, const struct settings *,
    const struct login *, bool is_new_country);

/* Is a country one of the account's home countries? "" is foreign. */
bool limits_is_home(const struct settings *, const char *country);

/* What the store is told of policy. */
extern const struct store_policy limits_policy;

#endif
