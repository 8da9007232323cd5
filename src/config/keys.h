/*
 * keys.h -- the table of every key of the configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One row per key. It drives reading, range checks, --dump-config,
 * --get-config and the environment; a test holds policyd.yaml(5) and the
 * sample file against it.
 */
#ifndef CONFIG_KEYS_H
#define CONFIG_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_type {
	/* One text: */
	OPTION_BOOL,		/* bool */
	OPTION_NUMBER,		/* uint32_t; least to most */
	OPTION_LIMIT,		/* uint32_t; or UNLIMITED */
	OPTION_RULE,		/* uint32_t; a row of detection_rules.def */
	OPTION_SECONDS,		/* uint32_t; a duration */
	OPTION_MS,		/* uint32_t; a duration, in milliseconds */
	OPTION_OCTAL,		/* uint32_t; permission bits */
	OPTION_WORD,		/* enum or bool: index into words */
	OPTION_STRING,		/* char *; least to most bytes */
	OPTION_URL,		/* as a string; may hold a password */
	OPTION_PATH,		/* char *; absolute, or empty */
	OPTION_OUTPUT,		/* as a path; a file that is written */
	OPTION_SECRET,		/* as a path; the file holds a secret */
	/* A list, least to most items: */
	OPTION_STRINGS,		/* struct strings */
	OPTION_ACCOUNTS,	/* struct strings, lower case */
	OPTION_DOMAINS,		/* struct strings, lower case, no "@" */
	OPTION_NETWORKS,	/* struct networks */
	OPTION_COUNTRIES,	/* struct countries */
	OPTION_ASNS,		/* struct strings: "AS64500" */
	OPTION_IDENTITY,	/* config->identity.keys */
	OPTION_FLAGS,		/* one bool per word, side by side */
	OPTION_RULES,		/* struct rates */
	OPTION_OVERRIDES,	/* config->overrides */
	OPTION_TEXTS,		/* config->texts */
	OPTION_TOKENS,		/* struct strings: "scope:hash" */
	/* A map: */
	OPTION_USERS,		/* struct strings: "name:hash" */
};

struct key {
	const char *key;
	enum option_type type;
	size_t offset;		/* of the value in struct config */
	size_t size;		/* of the value */
	const char *initial;	/* default, as in the environment */
	int64_t least, most;
	const char *const *words;	/* ends with NULL */
	const char *help;
	size_t aside;		/* secret: offset of what the file holds */
};

/* All of them, in the order of the sample file; ends with a NULL key. */
extern const struct key keys[];

#endif
