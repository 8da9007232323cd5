/*
 * explain_json.h -- an account explained to programs.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_EXPLAIN_JSON_H
#define POLICY_EXPLAIN_JSON_H

#include "base/text.h"
#include "policy/verdict_foretell.h"

#include <jansson.h>

/* The whole of it as one object; would may be NULL. The caller's. */
json_t *explain_json(const struct desk *, const char *account,
    const struct account_record *, const char *address,
    const struct would_be *would);

/* Write the value of a setting as people read it: "3", "unlimited",
 * "DE AT", "100 mails in 1h". */
void explain_setting(const struct settings *, enum setting, struct text *);

#endif
