/*
 * print.h -- what jobs print: aligned tables, times, JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef COMMAND_PRINT_H
#define COMMAND_PRINT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A table with as many columns as heads, which end with NULL. */
struct table;
struct table *table_new(const char *const *heads);
void table_free(struct table *);

/* Add a row of that many texts, copied; control bytes are shown escaped. */
void table_add(struct table *, const char *const *row);
size_t table_rows(const struct table *);

/* Print heads and rows, columns aligned; columns of numbers to the right. */
void table_print(const struct table *, FILE *);

/* "2026-01-31T12:00:00Z", or "-" for 0: no end. */
void print_until(int64_t ms, char text[24]);

/* A JSON document and a line end. */
void print_json(FILE *, const json_t *);

/* {"account": account, "result": result} */
void print_outcome(FILE *, const char *account, const char *result);

#endif
