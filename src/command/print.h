/*
 * print.h -- what jobs print: times, JSON; and tables.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef COMMAND_PRINT_H
#define COMMAND_PRINT_H

#include "command/table.h"
#include "command/when.h"
#include "directory/account_name.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/*
 * A time in a cell, "-" for 0: on a terminal "3 h ago", elsewhere
 * "2026-01-31T12:00:00Z".
 */
void print_time(FILE *out, int64_t ms, char text[WHEN_SIZE]);

/* The same in a sentence: on a terminal "2026-01-31 13:00:00 CET", in the local
 * time zone. */
void print_moment(FILE *out, int64_t ms, char text[WHEN_SIZE]);

/* A name, whose bytes are somebody else's, in a sentence: as in a table, what
 * a terminal might obey is written out. */
enum { PRINT_NAME_SIZE = 4 * ACCOUNT_SIZE };
const char *print_name(const char *account, char visible[PRINT_NAME_SIZE]);

/* A JSON document and a line end. */
void print_json(FILE *, const json_t *);

/* {"account": account, "result": result} */
void print_outcome(FILE *, const char *account, const char *result);

#endif
