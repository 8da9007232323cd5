/*
 * dump.h -- how to read all that a store holds, in one form for both sides.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_STORE_DUMP_H
#define TESTS_STORE_DUMP_H

struct dump_query {
	const char *name;
	const char *sqlite, *pgsql;
};

/* The last row's name is NULL. */
extern const struct dump_query dump_queries[];

#endif
