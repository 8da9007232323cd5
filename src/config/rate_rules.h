/*
 * rate_rules.h -- rate rules: {mails: N, per: DURATION}.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_RATE_RULES_H
#define CONFIG_RATE_RULES_H

#include "config/settings.h"
#include "config/tree.h"

/*
 * Read a list of rules, or "unlimited" for none. Complain of what is wrong in
 * it and return -1, or return 0.
 */
int rate_rules_read(struct rates *, const struct node *, struct complaints *);

/* Write one rule as rate_rules_read takes it. */
void rate_rules_write(const struct rate_rule *, FILE *);

/* What rate_rules_read takes, for complaints. */
extern const char rate_rules_allowed[];

#endif
