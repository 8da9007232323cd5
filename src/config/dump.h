/*
 * dump.h -- a configuration as text.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_DUMP_H
#define CONFIG_DUMP_H

#include "config/config.h"
#include "config/keys.h"

/* All values as YAML, each with its line of help. */
void dump_all(const struct config *, FILE *);

/* One value without quotes, a list one item a line. */
void dump_value(const struct key *, const struct config *, FILE *);

/* Write the heads of the sections that a dotted key is in and the key before
 * it ("" for none) was not; return how many sections it is in. */
unsigned dump_sections(const char *key, const char *before, FILE *);

#endif
