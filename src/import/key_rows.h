/*
 * key_rows.h -- what becomes of each key of another program.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef IMPORT_KEY_ROWS_H
#define IMPORT_KEY_ROWS_H

#include "config/tree.h"
#include "import/output_sheet.h"

#include <stdbool.h>
#include <stdint.h>

struct import {
	const struct tree *tree;	/* what was read */
	struct sheet *sheet;		/* what becomes of it */
	struct complaints *complaints;
};

enum import_kind {
	IMPORT_TEXT,
	IMPORT_NUMBER,
	IMPORT_BOOL,
	IMPORT_WORDS,		/* a list, or a text of several words */
	IMPORT_COUNTRIES,	/* the same, of country codes */
	IMPORT_OWN,		/* code takes it */
	IMPORT_NONE,		/* no counterpart: the note says why */
};

struct import_row {
	const char *from;
	enum import_kind kind;
	const char *to;		/* our key */
	const char *note;	/* a comment beside it, or NULL */
};

/*
 * Take over every key of the tree by the rows, which end with from NULL. An
 * empty value is left out; a key without a row gets a remark; a value that is
 * not of its kind is complained of.
 */
void import_rows(struct import *, const struct import_row *);

/* The node of a key, or NULL if it is not there, is null or is empty. */
const struct node *import_find(const struct import *, const char *path);

/* The text of a node; if it is none complain and return NULL. */
const char *import_text(struct import *, const struct node *);

/* The number of a node, from least to most; else complain and return -1. */
int64_t import_number(struct import *, const struct node *, int64_t least,
    int64_t most);

/* Is it a yes? If it is no yes or no complain and return false. */
bool import_is_true(struct import *, const struct node *);

/* Write a list or words as a YAML list to a stream; return how many. Words
 * are between white space and commas. */
size_t import_list(struct import *, const struct node *, bool are_countries,
    FILE *);

/* Write a country code; "UK" is "GB". If it is none complain. */
void import_country(struct import *, const struct node *, const char *code,
    FILE *);

#endif
