/*
 * params.h -- the parameters of a statement as PostgreSQL reads them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values are built in one growing buffer that is kept from request to request.
 */
#ifndef STORE_PGSQL_PARAMS_H
#define STORE_PGSQL_PARAMS_H

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

/* The array libpq wants. */
const char *const *params_values(struct params *);

#endif
