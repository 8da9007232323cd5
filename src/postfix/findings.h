/*
 * findings.h -- what is right and wrong in Postfix's configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POSTFIX_FINDINGS_H
#define POSTFIX_FINDINGS_H

#include "config/config.h"
#include "postfix/postconf_facts.h"

#include <stdbool.h>
#include <stddef.h>

struct finding_line {
	bool is_good;
	char *service;	/* "submission/inet", or "" for Postfix as a whole */
	char *what;	/* what is so */
	char *fix;	/* lines to add, or "" */
};

struct findings {
	struct finding_line *list;
	size_t count;
	size_t bad;
};

/* Judge what postconf said. */
void findings_collect(struct findings *, const struct config *,
    const struct postfix_facts *);
void findings_clear(struct findings *);

#endif
