/*
 * schema.h -- the SQL files of store/schema/, built into the program.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables change by numbered files, each run once and never undone; functions
 * and views are replaced whole whenever they are not those of the program. The
 * number of the last file is the version of the schema; schema_version has a
 * row for each, and tells in compatible_from the oldest version whose programs
 * may use the store since. So hosts can be upgraded one by one: an older
 * program goes on with a newer store that allows it.
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

struct schema_file {
	const char *store;	/* "pgsql" or "sqlite" */
	int number;		/* the version it leads to; 0: functions, views */
	int compatible_from;	/* programs of older versions cannot go on */
	const char *name;	/* "001-tables" */
	const char *sql;
};

/* In order of number within a store, and those without behind them; the last
 * row is all NULL. */
extern const struct schema_file schema_files[];

/* The highest number of a store. */
int schema_version(const char *store);

/* The oldest version whose programs can go on when a store of version `from`
 * was brought to ours. */
int schema_floor(const char *store, int from);

enum { SCHEMA_DIGEST_SIZE = 17 };

/* Tells our functions and views from others; returns digest. */
const char *schema_digest(const char *store, char digest[SCHEMA_DIGEST_SIZE]);

/* What can be done with a store of that version and compatible_from? */
enum schema_fit {
	SCHEMA_FITS,
	SCHEMA_IS_OLD,	/* it is to be upgraded */
	SCHEMA_IS_NEW,	/* the program is too old for it */
};
enum schema_fit schema_fit(const char *store, int version,
    int compatible_from);

/* Say what is wrong, and the remedy; place: what the schema is in. */
void schema_explain(const char *store, const char *place, int version,
    int compatible_from, char *why, size_t size);

#endif
