/*
 * complain.h -- what is wrong with a configuration, collected and written.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every complaint is one line that begins with the place it is about:
 * "FILE:LINE:COLUMN: " or "POLICYD_VARIABLE: ".
 */
#ifndef CONFIG_COMPLAIN_H
#define CONFIG_COMPLAIN_H

#include <stdio.h>

struct complaints {
	FILE *out;
	const char *file;	/* name of the configuration file */
	unsigned count;		/* how many there were */
};

/* Where a value was written; all zero: nowhere, it is the default. */
struct place {
	const char *variable;	/* of the environment; NULL: in the file */
	unsigned line, column;	/* from 1; 0: the file as a whole */
};

/* Write one complaint; control characters in it are made visible. */
void complain(struct complaints *, const struct place *, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* Complain `KEY: found "VALUE", allowed is ALLOWED`. A long value is cut. */
void complain_quoting(struct complaints *, const struct place *,
    const char *key, const char *value, const char *allowed);

#endif
