/*
 * query.h -- run a named statement of store/statements/, and read its rows.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For what is no request: the calls above it are written once for both sides.
 *
 *	if (query_begin(store, ACCESS_READ, deadline_ms) == 0) {
 *		worked = query(store, "turn_leave", VALUE_TEXT(name), ...);
 *		while (worked == 0 && (more = query_next(store)) > 0)
 *			... query_text(store, 0) ...
 *	}
 *	return query_end(store, worked);
 *
 * Calls that return int return 0, or -1 after logging why; query_end is to be
 * called then, too. One statement runs at a time.
 */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct named_statement {
	const char *name;	/* NULL behind the last */
	int parameters;
	const char *pgsql, *sqlite;
};
extern const struct named_statement named_statements[];

/* One of them; there is one of that name. */
const struct named_statement *query_statement(const char *name);

enum access {
	ACCESS_READ,	/* each statement by itself */
	ACCESS_WALK,	/* the same for all, along the keys of large tables */
	ACCESS_WRITE,	/* all or nothing */
	ACCESS_LASTING,	/* and on the disk when query_end returns */
};

/* A parameter; text is borrowed until the statement has run. */
struct value {
	enum { VALUE_IS_NUMBER, VALUE_IS_TEXT, VALUE_IS_NOW } kind;
	int64_t number;
	const char *text;	/* NULL is SQL's NULL */
};
#define VALUE_NUMBER(n)                                                        \
	((struct value){ .kind = VALUE_IS_NUMBER, .number = (int64_t)(n) })
#define VALUE_TEXT(s) ((struct value){ .kind = VALUE_IS_TEXT, .text = (s) })
#define VALUE_NOW ((struct value){ .kind = VALUE_IS_NOW }) /* store's clock */

int query_begin(struct store *, enum access, int64_t deadline_ms);

/* STORE_DONE if worked is 0 and what was done is kept; else it is undone. */
enum store_result query_end(struct store *, int worked);

/* Run a statement; with rows to come it goes on by query_next. */
#define query(store, name, ...)                                                \
	query_values(store, name, NULL,                                        \
	    (const struct value[]){ __VA_ARGS__ },                             \
	    sizeof((struct value[]){ __VA_ARGS__ }) / sizeof(struct value))
/* The same to its end: no row of it is wanted. */
#define query_run(store, name, ...)                                            \
	query_run_values(store, name, (const struct value[]){ __VA_ARGS__ },   \
	    sizeof((struct value[]){ __VA_ARGS__ }) / sizeof(struct value))
/* sql: the statement's text, if it has no name (NULL). */
int query_values(struct store *, const char *name, const char *sql,
    const struct value *, size_t count);
int query_run_values(struct store *, const char *name, const struct value *,
    size_t count);

/* A change of one statement, all of it. */
#define query_change(store, access, deadline_ms, name, ...)                    \
	query_end(store, query_begin(store, access, deadline_ms) == 0 ?        \
	    query_run(store, name, __VA_ARGS__) : -1)

/* 1: there is a row, 0: no more, -1: failed. */
int query_next(struct store *);

/* A column of the row, from 0 on. NULL reads as 0 and "". */
int64_t query_number(struct store *, int column);
const char *query_text(struct store *, int column);	/* until the next row */
char *query_copy(struct store *, int column);		/* the caller's */

/*
 * A list of one statement: begin, read all rows into an array that the caller
 * frees, end. take is given each row of the array, zeroed, to fill; clear
 * takes back what it owns, if the list fails half-way: then it is empty. NULL:
 * it owns nothing.
 */
struct query_list {
	void *rows;
	size_t count, room;
	size_t size;	/* of one */
	void (*take)(struct store *, void *row);
	void (*clear)(void *row);
};
#define query_all(store, list, access, deadline_ms, name, ...)                 \
	query_list_end(store, list,                                            \
	    query_begin(store, access, deadline_ms) == 0 &&                    \
		    query(store, name, __VA_ARGS__) == 0 ?                     \
		query_collect(store, list) :                                   \
		-1)
/* The parts of it: add the rows that there are; the end of all. */
int query_collect(struct store *, struct query_list *);
enum store_result query_list_end(struct store *, struct query_list *,
    int worked);

/* The first row's first column; fallback if there is no row. */
int query_one(struct store *, int64_t fallback, int64_t *number);

/* What time it is by the store's clock. */
int query_clock(struct store *, int64_t *now_ms);

#endif
