/*
 * composite.h -- read a composite value as PostgreSQL writes it: "(1,,"a b")".
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PostgreSQL 15 documentation, 8.16.6. A function that is called for one
 * value costs the server less than one that is asked for its columns.
 */
#ifndef STORE_PGSQL_COMPOSITE_H
#define STORE_PGSQL_COMPOSITE_H

#include <stdbool.h>
#include <stddef.h>

enum { ROW_FIELD_SIZE = 160 };

struct row_reader {
	const char *at;		/* behind the field read last */
	bool is_broken;		/* it is no such value */
};

void row_begin(struct row_reader *, const char *value);

/*
 * Write the next field to field, cut to its size. Returns false if it is
 * NULL, or if there is none: then is_broken is set.
 */
bool row_next(struct row_reader *, char field[ROW_FIELD_SIZE]);

/* Was everything read, and well-formed? */
bool row_end(const struct row_reader *);

#endif
