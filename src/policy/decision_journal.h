/*
 * decision_journal.h -- the log line of a decision.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_DECISION_JOURNAL_H
#define POLICY_DECISION_JOURNAL_H

#include "policy/decide.h"

/*
 * Log a decision, as log.decisions says; took_us: from request to answer.
 *
 * Fields, in this order, left out when there is nothing to say: account
 * client country countries countries_limit networks networks_limit
 * home_countries home_countries_limit home_networks home_networks_limit
 * exempt verdict would reason action instance queue_id ms.
 */
void journal_decision(const struct config *, const struct decision *,
    int64_t took_us);

#endif
