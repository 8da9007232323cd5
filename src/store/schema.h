/*
 * schema.h -- the SQL files of store/schema/, built into the program.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

struct schema_file {
	const char *store;	/* "pgsql" or "sqlite" */
	int number;		/* the version of the schema it leads to */
	const char *name;	/* "001-tables" */
	const char *sql;
};

/* In order of number within a store; the last row is all NULL. */
extern const struct schema_file schema_files[];

/* The highest number of a store. */
int schema_version(const char *store);

#endif
