/*
 * texts.h -- what users read, by account or domain: the list `texts`.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_TEXTS_H
#define CONFIG_TEXTS_H

#include "config/texts_options.h"
#include "config/tree.h"

/* Read one item and add it. What is wrong in it is complained of. */
void texts_add(struct texts_options *, const struct node *,
    struct complaints *);
void texts_clear(struct texts_options *);

/* The key of an item that an action has, "blocked". */
const char *texts_key(enum text_action);

/* Write it on one line as texts_add takes it. */
void texts_write(const struct text_set *, FILE *);

#endif
