/*
 * assignments.h -- a file of NAME=value lines, as in /etc/default.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef IMPORT_ASSIGNMENTS_H
#define IMPORT_ASSIGNMENTS_H

#include "config/tree.h"

/* The options of a command line, which are found wherever they stand. */
struct assignments_format {
	const char *prefix;	/* of their names; NULL: there are none */
	const char *const *letters;	/* "p", "SERVER_PORT", ..., NULL */
	const char *const *flags;	/* those without a value, and NULL */
};

/*
 * Read a text into a map of texts NAME. Quotes and backslashes mean what they
 * mean to a shell, a line that ends with a backslash goes on; "export", what
 * systemd writes as Environment=, and blanks around the = will do. The option
 * --max-ips 5 becomes PREFIXMAX_IPS. The values of what comes more than once
 * are joined by a blank. Every error is complained of; return 0, or -1 if
 * there was any. The tree is to be cleared in any case.
 */
int assignments_read(struct tree *, const char *text, size_t length,
    const struct assignments_format *, struct complaints *);

#endif
