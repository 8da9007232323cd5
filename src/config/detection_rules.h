/*
 * detection_rules.h -- what the rules of detection allow.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row of detection_rules.def is all that the configuration, the overrides,
 * the store and what is told of them need. What each rule does is in
 * store/detect.h.
 */
#ifndef CONFIG_DETECTION_RULES_H
#define CONFIG_DETECTION_RULES_H

#include <stdbool.h>
#include <stdint.h>

enum rule {
#define RULE(id, ...) RULE_##id,
#include "config/detection_rules.def"
	RULE_COUNT
};

enum rule_kind {
	RULE_IS_LIMIT,		/* a number, or UNLIMITED */
	RULE_IS_NUMBER,
	RULE_IS_FACTOR,		/* in thousandths */
	RULE_IS_SWITCH,		/* 0 or 1 */
};

struct rule_row {
	const char *key;	/* "new_places.quota.hour" */
	enum rule_kind kind;
	uint32_t least, most;
	const char *help;
};

/* By enum rule. */
extern const struct rule_row rules[RULE_COUNT];

/* The rule with this key, or RULE_COUNT. */
enum rule rule_find(const char *key);

/* Is it a section of their keys, "new_places" or "new_places.quota"? */
bool rule_is_section(const char *path);

/* Read the value of a rule; 0, or -1 if it is not allowed. */
int rule_read(enum rule, const char *text, uint32_t *value);

/* Write it, as it is read. Returns text. */
enum { RULE_TEXT_SIZE = 16 };
const char *rule_text(enum rule, uint32_t value, char text[RULE_TEXT_SIZE]);

/* Write what rule_read accepts, "a number from 1 to 60". Returns text. */
enum { RULE_ALLOWED_SIZE = 64 };
const char *rule_allowed(enum rule, char text[RULE_ALLOWED_SIZE]);

#endif
