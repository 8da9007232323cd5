/*
 * account_configured.h -- what the configuration says of one account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exempt accounts, and the settings of an account: general ones with the first
 * override of the configuration that matches laid over. All of them are made
 * once; a look-up costs the same however many there are.
 */
#ifndef POLICY_ACCOUNT_CONFIGURED_H
#define POLICY_ACCOUNT_CONFIGURED_H

#include "config/config.h"

struct configured;

/* The configuration must outlive it. configured_free(NULL) is safe. */
struct configured *configured_new(const struct config *);
void configured_free(struct configured *);

/* Is the account, or its @domain, in exempt.accounts? */
bool configured_is_exempt(const struct configured *, const char *account);

/*
 * The settings of an account by the configuration. An override of a network
 * is for accounts that are client addresses. Never NULL; lives as long as
 * the overrides.
 */
const struct settings *configured_find(const struct configured *,
    const char *account);

#endif
