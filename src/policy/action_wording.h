/*
 * action_wording.h -- which action an account gets, and in which language.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_ACTION_WORDING_H
#define POLICY_ACTION_WORDING_H

#include "config/config.h"
#include "policy/decide.h"

/* The action for an outcome, its ${...} not filled in yet. */
const char *wording_of(const struct config *, const char *account,
    enum outcome, enum language *);

#endif
