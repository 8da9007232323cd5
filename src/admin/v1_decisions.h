/*
 * v1_decisions.h -- /v1/decisions: requests by verdict and time.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_V1_DECISIONS_H
#define ADMIN_V1_DECISIONS_H

#include "admin/query_parameters.h"

struct admin;
struct exchange;

extern const struct parameter v1_decisions_parameters[];

/* GET: the sums over all hosts. */
void v1_decisions_show(struct admin *, struct exchange *);

#endif
