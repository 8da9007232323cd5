/*
 * query.c -- run a named statement of store/statements/, and read its rows.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/query.h"

#include "base/mem.h"
#include "store/side.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int
query_begin(struct store *store, enum access access, int64_t deadline_ms)
{
	return store->side->begin(store->self, access, deadline_ms);
}

enum store_result
query_end(struct store *store, int worked)
{
	return store->side->end(store->self, worked == 0) == 0 && worked == 0 ?
	    STORE_DONE : STORE_FAILED;
}

const struct named_statement *
query_statement(const char *name)
{
	const struct named_statement *statement = named_statements;

	while (strcmp(statement->name, name) != 0) {
		statement++;
		assert(statement->name != NULL);
	}
	return statement;
}

int
query_values(struct store *store, const char *name, const char *sql,
    const struct value *values, size_t count)
{
	struct named_statement unnamed = { .pgsql = sql, .sqlite = sql };
	const struct named_statement *statement = name == NULL ? &unnamed :
	    query_statement(name);

	assert(name == NULL || (size_t)statement->parameters == count);
	return store->side->run(store->self, statement, values, count);
}

int
query_run_values(struct store *store, const char *name,
    const struct value *values, size_t count)
{
	int more = query_values(store, name, NULL, values, count) == 0 ? 1 :
									 -1;

	while (more > 0)
		more = query_next(store);
	return more;
}

int
query_next(struct store *store)
{
	return store->side->next(store->self);
}

int64_t
query_number(struct store *store, int column)
{
	return store->side->number(store->self, column);
}

const char *
query_text(struct store *store, int column)
{
	return store->side->text(store->self, column);
}

char *
query_copy(struct store *store, int column)
{
	return mem_dup(query_text(store, column));
}

int
query_collect(struct store *store, struct query_list *list)
{
	int more;

	while ((more = query_next(store)) > 0) {
		char *row;

		if (list->count == list->room) {
			list->room = 2 * list->room + 16;
			list->rows = mem_grow(list->rows, list->room,
			    list->size);
		}
		row = (char *)list->rows + list->count++ * list->size;
		memset(row, 0, list->size);
		list->take(store, row);
	}
	return more;
}

enum store_result
query_list_end(struct store *store, struct query_list *list, int worked)
{
	enum store_result result = query_end(store, worked);

	if (result == STORE_DONE)
		return STORE_DONE;
	for (size_t i = 0; i < list->count && list->clear != NULL; i++)
		list->clear((char *)list->rows + i * list->size);
	free(list->rows);
	list->rows = NULL;
	list->count = 0;
	return result;
}

int
query_clock(struct store *store, int64_t *now_ms)
{
	int worked = query(store, "clock", VALUE_NOW);

	return worked == 0 ? query_one(store, 0, now_ms) : worked;
}

int
query_one(struct store *store, int64_t fallback, int64_t *number)
{
	int more = query_next(store);

	*number = more > 0 ? query_number(store, 0) : fallback;
	/* To its end: a change gives its rows before it is done. */
	while (more > 0)
		more = query_next(store);
	return more;
}
