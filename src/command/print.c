/*
 * print.c -- what jobs print: aligned tables, times, JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "command/print.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Spaces between columns, and the longest cell shown. */
enum { GAP = 2, CELL_SIZE = 1400 };

struct table {
	size_t columns, rows;
	char **cells;	/* row by row; row 0 is the heads */
};

static char *
visible(const char *value)
{
	char bytes[CELL_SIZE];
	struct text text;

	text_init(&text, bytes, sizeof(bytes));
	text_add_line(&text, value, strlen(value));
	return mem_dup(bytes);
}

void
table_add(struct table *table, const char *const *row)
{
	table->cells = mem_grow(table->cells,
	    (table->rows + 1) * table->columns, sizeof(*table->cells));
	for (size_t i = 0; i < table->columns; i++)
		table->cells[table->rows * table->columns + i] =
		    visible(row[i]);
	table->rows++;
}

struct table *
table_new(const char *const *heads)
{
	struct table *table = mem_new(1, sizeof(*table));

	while (heads[table->columns] != NULL)
		table->columns++;
	table_add(table, heads);
	return table;
}

void
table_free(struct table *table)
{
	if (table == NULL)
		return;
	for (size_t i = 0; i < table->rows * table->columns; i++)
		free(table->cells[i]);
	free(table->cells);
	free(table);
}

size_t
table_rows(const struct table *table)
{
	return table->rows - 1;
}

/* Characters, not bytes: continuation bytes of UTF-8 take no room. */
static size_t
width(const char *value)
{
	size_t count = 0;

	for (; *value != '\0'; value++)
		count += ((unsigned char)*value & 0xc0) != 0x80;
	return count;
}

/* Does a column hold nothing but numbers? */
static bool
is_numeric(const struct table *table, size_t column)
{
	for (size_t row = 1; row < table->rows; row++) {
		const char *cell = table->cells[row * table->columns + column];

		if (*cell == '\0' || cell[strspn(cell, "0123456789")] != '\0')
			return false;
	}
	return table->rows > 1;
}

static void
print_cell(const char *cell, size_t room, bool is_right, bool is_last,
    FILE *out)
{
	int fill = (int)(room - width(cell));

	if (is_right)
		fprintf(out, "%*s%s", fill, "", cell);
	else if (is_last)
		fputs(cell, out);
	else
		fprintf(out, "%s%*s", cell, fill, "");
	if (is_last)
		fputc('\n', out);
	else
		fprintf(out, "%*s", GAP, "");
}

void
table_print(const struct table *table, FILE *out)
{
	size_t *rooms = mem_new(table->columns, sizeof(*rooms));

	for (size_t i = 0; i < table->rows * table->columns; i++) {
		size_t room = width(table->cells[i]);

		if (room > rooms[i % table->columns])
			rooms[i % table->columns] = room;
	}
	for (size_t i = 0; i < table->rows * table->columns; i++) {
		size_t column = i % table->columns;

		print_cell(table->cells[i], rooms[column],
		    is_numeric(table, column), column + 1 == table->columns,
		    out);
	}
	free(rooms);
}

void
print_until(int64_t ms, char text[24])
{
	if (ms == 0)
		strcpy(text, "-");
	else
		clock_format(ms, text);
}

void
print_json(FILE *out, const json_t *document)
{
	json_dumpf(document, out, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	fputc('\n', out);
}

void
print_outcome(FILE *out, const char *account, const char *result)
{
	json_t *document = json_pack("{ss ss}", "account", account, "result",
	    result);

	print_json(out, document);
	json_decref(document);
}
