/*
 * composite.c -- read a composite value as PostgreSQL writes it: "(1,,"a b")".
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/composite.h"

void
row_begin(struct row_reader *reader, const char *value)
{
	reader->is_broken = value[0] != '(';
	reader->at = reader->is_broken ? value : value + 1;
}

static void
add(char field[ROW_FIELD_SIZE], size_t *length, char c)
{
	if (*length < ROW_FIELD_SIZE - 1)
		field[(*length)++] = c;
}

/* In quotes a quote is doubled or escaped, and a backslash, too. */
static const char *
take_quoted(const char *at, char field[ROW_FIELD_SIZE], size_t *length)
{
	for (; *at != '\0'; at++) {
		if (*at == '"' && at[1] != '"')
			return at + 1;
		if ((*at == '"' || *at == '\\') && at[1] != '\0')
			at++;
		add(field, length, *at);
	}
	return at;
}

bool
row_next(struct row_reader *reader, char field[ROW_FIELD_SIZE])
{
	const char *at = reader->at;
	size_t length = 0;
	bool is_null = *at == ',' || *at == ')';

	while (*at != '\0' && *at != ',' && *at != ')') {
		if (*at == '"')
			at = take_quoted(at + 1, field, &length);
		else
			add(field, &length, *at++);
	}
	field[length] = '\0';
	reader->is_broken |= *at == '\0';
	reader->at = reader->is_broken ? at : at + 1;
	return !is_null && !reader->is_broken;
}

bool
row_end(const struct row_reader *reader)
{
	return !reader->is_broken && *reader->at == '\0' &&
	    reader->at[-1] == ')';
}
