/*
 * table.h -- aligned tables; on a terminal fitted to its width.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef COMMAND_TABLE_H
#define COMMAND_TABLE_H

#include <stddef.h>
#include <stdio.h>

/* A table with as many columns as heads, which end with NULL. */
struct table;
struct table *table_new(const char *const *heads);
void table_free(struct table *);

/* Add a row of that many texts, copied; control bytes are shown escaped. */
void table_add(struct table *, const char *const *row);
size_t table_rows(const struct table *);

/* On a terminal, draw the numbers of this column as bars behind the rows. */
void table_draw(struct table *, size_t column);

/*
 * Print heads and rows, columns aligned; columns of numbers to the right. On a
 * terminal that is narrower the widest columns of text are cut; elsewhere
 * nothing is left out, and nothing added.
 */
void table_print(const struct table *, FILE *);

#endif
