/*
 * table.c -- aligned tables; on a terminal fitted to its width.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "command/table.h"

#include "base/mem.h"
#include "base/text.h"
#include "command/bar.h"
#include "command/terminal.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Spaces between columns, and the longest cell shown. */
enum { GAP = 2, CELL_SIZE = 1400 };

struct table {
	size_t columns, rows;
	char **cells;	/* row by row; row 0 is the heads */
	size_t drawn;	/* column that has bars; `columns`: none */
};

/* How it is printed. */
struct layout {
	struct terminal terminal;
	size_t *rooms;		/* of each column */
	bool *are_numbers;	/* is it one of numbers? */
	size_t bar;		/* room for bars; 0: none */
	uint64_t most;		/* what a whole bar stands for */
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
	table->drawn = table->columns;
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

void
table_draw(struct table *table, size_t column)
{
	table->drawn = column;
}

/* --- layout -------------------------------------------------------------- */

static size_t
width_of_all(const struct table *table, const struct layout *layout)
{
	size_t sum = layout->bar > 0 ? GAP + layout->bar : 0;

	for (size_t i = 0; i < table->columns; i++)
		sum += layout->rooms[i] + (i > 0 ? GAP : 0);
	return sum;
}

/* The widest column of text that may lose a character; `columns`: none. */
static size_t
widest_of(const struct table *table, const struct layout *layout,
    size_t first_least, size_t least)
{
	size_t widest = table->columns;

	for (size_t i = 0; i < table->columns; i++)
		if (!layout->are_numbers[i] &&
		    layout->rooms[i] > (i == 0 ? first_least : least) &&
		    (widest == table->columns ||
			layout->rooms[i] >= layout->rooms[widest]))
			widest = i;
	return widest;
}

/* Make columns of text narrower until all fits: who it is, the first column,
 * is spared for as long as possible. */
static void
fit(const struct table *table, struct layout *layout)
{
	static const struct {
		size_t first, other;
	} least[] = { { SIZE_MAX, 12 }, { 24, 12 }, { 24, 5 }, { 8, 5 } };
	size_t step = 0;

	while (layout->terminal.width > 0 &&
	    step < sizeof(least) / sizeof(least[0]) &&
	    width_of_all(table, layout) > layout->terminal.width) {
		size_t widest = widest_of(table, layout, least[step].first,
		    least[step].other);

		if (widest == table->columns)
			step++;
		else
			layout->rooms[widest]--;
	}
}

static uint64_t
number_at(const struct table *table, size_t row)
{
	return strtoull(table->cells[row * table->columns + table->drawn],
	    NULL, 10);
}

static void
lay_out(const struct table *table, struct layout *layout, FILE *out)
{
	layout->terminal = terminal_of(out);
	layout->rooms = mem_new(table->columns, sizeof(*layout->rooms));
	for (size_t i = 0; i < table->rows * table->columns; i++) {
		size_t room = width(table->cells[i]);

		if (room > layout->rooms[i % table->columns])
			layout->rooms[i % table->columns] = room;
	}
	layout->are_numbers = mem_new(table->columns,
	    sizeof(*layout->are_numbers));
	for (size_t i = 0; i < table->columns; i++)
		layout->are_numbers[i] = is_numeric(table, i);
	layout->bar = 0;
	layout->most = 0;
	if (layout->terminal.is_terminal && table->drawn < table->columns &&
	    layout->are_numbers[table->drawn]) {
		size_t taken = width_of_all(table, layout) + GAP;

		/* What is left, but a few cells in any case. */
		layout->bar = layout->terminal.width > taken + BAR_CELLS / 2 ?
		    layout->terminal.width - taken : BAR_CELLS / 2;
		if (layout->bar > BAR_CELLS)
			layout->bar = BAR_CELLS;
		for (size_t row = 1; row < table->rows; row++)
			if (number_at(table, row) > layout->most)
				layout->most = number_at(table, row);
	}
	fit(table, layout);
}

/* --- printing ------------------------------------------------------------ */

static void
print_fill(size_t count, FILE *out)
{
	fprintf(out, "%*s", (int)count, "");
}

/* As much of a cell as there is room for, the last of it an ellipsis. */
static void
print_text(const char *cell, size_t room, const struct layout *layout,
    FILE *out)
{
	size_t length = 0;

	if (width(cell) <= room) {
		fputs(cell, out);
		return;
	}
	for (size_t left = room - 1; left > 0; left--)
		length += text_utf8(cell + length, strlen(cell + length)) > 0 ?
		    text_utf8(cell + length, strlen(cell + length)) : 1;
	fprintf(out, "%.*s%s", (int)length, cell,
	    layout->terminal.has_utf8 ? "\xe2\x80\xa6" : "~");
}

static void
print_row(const struct table *table, size_t row, const struct layout *layout,
    FILE *out)
{
	enum colour colour = row == 0 ? COLOUR_BOLD : COLOUR_NONE;
	char bar[BAR_SIZE];

	fputs(terminal_begin(&layout->terminal, colour), out);
	for (size_t i = 0; i < table->columns; i++) {
		const char *cell = table->cells[row * table->columns + i];
		bool is_last = i + 1 == table->columns && layout->bar == 0;
		size_t room = layout->rooms[i];
		size_t fill = width(cell) < room ? room - width(cell) : 0;
		bool is_right = layout->are_numbers[i];

		print_fill((i > 0 ? GAP : 0) + (is_right ? fill : 0), out);
		print_text(cell, room, layout, out);
		print_fill(is_right || is_last ? 0 : fill, out);
	}
	fputs(terminal_end(&layout->terminal, colour), out);
	if (layout->bar > 0 && row > 0)
		fprintf(out, "%*s%s", GAP, "", bar_draw(&layout->terminal,
		    number_at(table, row), layout->most, layout->bar, bar));
	fputc('\n', out);
}

void
table_print(const struct table *table, FILE *out)
{
	struct layout layout;

	lay_out(table, &layout, out);
	for (size_t row = 0; row < table->rows; row++)
		print_row(table, row, &layout, out);
	free(layout.are_numbers);
	free(layout.rooms);
}
