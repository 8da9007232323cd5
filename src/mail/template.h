/*
 * template.h -- texts with ${macros}, and what is filled in.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef MAIL_TEMPLATE_H
#define MAIL_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

struct template_value {
	const char *name;	/* "account" for ${account} */
	const char *value;	/* NULL: as "" */
	bool is_lines;		/* may have several lines, such as a table */
};

/*
 * Fill in the values. What is filled in is valid UTF-8 without control
 * characters (line feeds and tabs stay in is_lines) and is not looked at for
 * macros again. A macro that is not in the table stays as it is written. The
 * caller frees the result.
 */
char *template_expand(const char *text, const struct template_value *values,
    size_t count);

/*
 * The first macro that is not in names (NULL at its end), or a "${" without
 * an end; its length in *length. NULL: there is none. Where a configuration
 * is checked, this is an error.
 */
const char *template_find_unknown(const char *text, const char *const *names,
    size_t *length);

/* The macros of notifications, NULL at the end. */
extern const char *const template_names[];

/*
 * A word for a POSIX shell: as it is, or in single quotes if it has to be, so
 * that a command in a notification can be pasted whatever an account is
 * called. The caller frees it.
 */
char *template_quote(const char *);

#endif
