/*
 * stats_tables.h -- the statistics that can be asked for, as a table.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each is a view of views.sql, with the columns, the condition and the order
 * that answer one question. Both stores have the same views; PostgreSQL has
 * functions for them (stats.sql).
 */
#ifndef STORE_STATS_TABLES_H
#define STORE_STATS_TABLES_H

#include <stddef.h>
#include <stdint.h>

enum { FIGURE_COLUMNS_MAX = 8, FIGURE_SQL_SIZE = 1000 };

enum figure_kind {
	FIGURE_TEXT,
	FIGURE_NUMBER,
	FIGURE_TIME,	/* milliseconds since 1970 */
	FIGURE_NETWORK,
};

struct figure_column {
	const char *name;	/* in the view; NULL behind the last */
	enum figure_kind kind;
};

enum figure_account {
	FIGURE_OF_ALL,		/* takes no account */
	FIGURE_OF_SOME,		/* an account may be given */
	FIGURE_OF_ONE,		/* an account must be given */
};

struct figure {
	const char *name;	/* NULL behind the last row */
	const char *help;
	enum figure_account account;
	const char *view;
	struct figure_column columns[FIGURE_COLUMNS_MAX];
	/* Rows are shown that have more than more_than in this column (of
	 * stats_accounts, for a list of logins); NULL: all rows. */
	const char *counted;
	uint32_t more_than;
	const char *order;
};

extern const struct figure figures[];

/* The row with this name, or NULL. */
const struct figure *stats_table_find(const char *name);

struct figure_query {
	const struct figure *figure;
	const char *account;	/* NULL: all */
	uint32_t more_than;
	uint32_t most;		/* rows; 0: all */
};

/* How a store writes what the query needs. */
struct figure_dialect {
	const char *schema;	/* "policyd." or "" */
	const char *time;	/* function: a time column as milliseconds */
	/* Behind the name of a view: all of it, and one account, $1. */
	const char *of_all, *of_one;
};

/* Write the statement; its one parameter, $1, is the account if there is one.
 * Return sql. */
const char *stats_table_sql(const struct figure_query *,
    const struct figure_dialect *, char sql[FIGURE_SQL_SIZE]);

/* How many columns a figure has. */
size_t stats_table_width(const struct figure *);

/* The column of numbers that its rows are ordered by, the most first: each is a
 * share of the whole. stats_table_width: there is none. */
size_t stats_table_share(const struct figure *);

/* What was found: row by row, texts that the caller owns. */
struct figure_table {
	size_t columns;
	size_t count;	/* of cells */
	char **cells;
};
void figure_table_clear(struct figure_table *);

/* Add one cell, copied; a NULL becomes "". */
void figure_table_add(struct figure_table *, enum figure_kind,
    const char *text);

#endif
