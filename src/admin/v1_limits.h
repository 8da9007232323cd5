/*
 * v1_limits.h -- /v1/limits: whom each value of each limit would have blocked.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_V1_LIMITS_H
#define ADMIN_V1_LIMITS_H

#include "admin/query_parameters.h"

struct admin;
struct exchange;

extern const struct parameter v1_limits_parameters[];

/* GET of the curves, and of the accounts above ?value= of one of them. */
void v1_limits_list(struct admin *, struct exchange *);
void v1_limits_show(struct admin *, struct exchange *);

#endif
