/*
 * rate_weight.h -- what a request weighs against the rates. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_RATE_WEIGHT_H
#define POLICY_RATE_WEIGHT_H

#include "config/config.h"
#include "policy/request.h"

/* Does it come at rates.stage? */
bool weight_is_due(const struct config *, const struct request *);

/* Messages or recipients, of a request that is due; 0: rates do not concern
 * its client. */
uint32_t weight_of(const struct config *, const struct request *,
    const struct addr *client);

#endif
