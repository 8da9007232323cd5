/*
 * params.h -- the parameters of a statement as PostgreSQL reads them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values are built in one growing buffer that is kept from request to request.
 */
#ifndef STORE_PGSQL_PARAMS_H
#define STORE_PGSQL_PARAMS_H

#include "base/addr.h"
#include "config/settings.h"

#include <stddef.h>
#include <stdint.h>

enum { PARAMS_MAX = 32 };

struct params {
	char *bytes;
	size_t room, length;
	size_t count;
	size_t start[PARAMS_MAX];	/* offset, or SIZE_MAX for NULL */
	const char *values[PARAMS_MAX];	/* valid after params_values */
};

void params_clear(struct params *);	/* forget the values */
void params_free(struct params *);	/* and the memory */

void params_null(struct params *);
void params_text(struct params *, const char *);	/* NULL is NULL */
void params_number(struct params *, int64_t);
void params_bool(struct params *, bool);
void params_limit(struct params *, uint32_t);	/* UNLIMITED is NULL */
void params_addr(struct params *, const struct addr *);	/* bits 0 is NULL */

/* Arrays; is_null: NULL instead of an empty one. */
void params_countries(struct params *, const struct countries *, bool is_null);
void params_networks(struct params *, const struct networks *, bool is_null);
void params_names(struct params *, const char *const *, size_t count);
void params_rates(struct params *, const struct rates *);

/* PostgreSQL's text for the time p_now of our functions: the settable clock
 * if it is set, else NULL, so that the server's own clock is taken. */
const char *pgsql_now(char text[40]);

/* The array libpq wants. */
const char *const *params_values(struct params *);

#endif
