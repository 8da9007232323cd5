/*
 * query_parameters.h -- what a route expects: parameters of the query.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One that nobody reads is a typing error, and the answer would be another
 * than was wanted: so it is refused.
 */
#ifndef ADMIN_QUERY_PARAMETERS_H
#define ADMIN_QUERY_PARAMETERS_H

#include <stdint.h>

struct exchange;

/* A parameter of the query. */
struct parameter {
	const char *name;	/* NULL: the end of the list */
	int64_t most;		/* a number from 1 on; 0: any text */
};

/* Lists that routes have: no parameters; an address; a reason, and whether to
 * learn; pages of what is searched, in order of name or of time. */
extern const struct parameter expected_none[], expected_address[],
    expected_unblock[], expected_names[], expected_times[];

/*
 * Are the parameters those of a list, each there once at most, numbers in
 * their range, texts UTF-8 without control bytes? Else answer so.
 */
void query_parameters_check(struct exchange *, const struct parameter *list);

#endif
