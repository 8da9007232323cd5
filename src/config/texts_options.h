/*
 * texts_options.h -- `texts`: what users read, by account or domain.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_TEXTS_OPTIONS_H
#define CONFIG_TEXTS_OPTIONS_H

#include "config/language.h"

#include <stddef.h>

enum text_action {
	TEXT_BLOCKED,
	TEXT_OVER_LIMIT,
	TEXT_OVER_RATE,
	TEXT_NEW_PLACE,
	TEXT_ACTIONS
};

/* NULL is the language's, or else the general one. */
struct text_set {
	char *account;		/* lower case; "@domain"; "*": all */
	enum language language;
	char *actions[TEXT_ACTIONS];
	char *subject, *template;	/* of the mail to the account */
};

struct texts_options {
	size_t count;
	struct text_set *list;	/* the first match wins */
};

/* The first that is for an account, or NULL. */
const struct text_set *texts_find(const struct texts_options *,
    const char *account);

/* Its action, or that of its language; NULL: the general one. */
const char *texts_action(const struct text_set *, enum text_action);

#endif
