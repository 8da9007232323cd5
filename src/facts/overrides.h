/*
 * overrides.h -- what the configuration says of one account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exempt accounts, and the settings of an account: general ones with the first
 * override of the configuration that matches laid over. All of them are made
 * once; a look-up costs the same however many there are.
 */
#ifndef FACTS_OVERRIDES_H
#define FACTS_OVERRIDES_H

#include "config/config.h"

struct overrides;

/* The configuration must outlive it. overrides_free(NULL) is safe. */
struct overrides *overrides_new(const struct config *);
void overrides_free(struct overrides *);

/* Is the account, or its @domain, in exempt.accounts? */
bool overrides_is_exempt(const struct overrides *, const char *account);

/*
 * The settings of an account by the configuration. An override of a network
 * is for accounts that are client addresses. Never NULL; lives as long as
 * the overrides.
 */
const struct settings *overrides_find(const struct overrides *,
    const char *account);

#endif
