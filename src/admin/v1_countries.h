/*
 * v1_countries.h -- /v1/countries: where logins and blocks came from lately.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_V1_COUNTRIES_H
#define ADMIN_V1_COUNTRIES_H

#include "admin/query_parameters.h"

struct admin;
struct exchange;

/* ?hours= of both. */
extern const struct parameter v1_countries_parameters[];

/* GET of all of them, and of the accounts of one; "-": those not known. */
void v1_countries_list(struct admin *, struct exchange *);
void v1_countries_show(struct admin *, struct exchange *);

#endif
