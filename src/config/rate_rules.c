/*
 * rate_rules.c -- rate rules: {mails: N, per: DURATION}.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/rate_rules.h"

#include "base/duration.h"
#include "base/text.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum {
	MOST_MAILS = 1000 * 1000 * 1000,
	LONGEST_S = 366 * 24 * 60 * 60,
};

const char rate_rules_allowed[] = "a list of rules such as [{mails: 100, per: 1h}]";

static void
read_mails(struct rate_rule *rule, const struct node *node,
    struct complaints *complaints)
{
	int64_t number = node->kind != NODE_TEXT
			     ? -1
			     : text_parse_number(node->value, MOST_MAILS);

	if (number >= 1)
		rule->mails = (uint32_t)number;
	else
		tree_complain(
		    node, complaints, NULL, "a number from 1 to 1000000000");
}

static void
read_per(struct rate_rule *rule, const struct node *node,
    struct complaints *complaints)
{
	int64_t seconds =
	    node->kind != NODE_TEXT ? -1 : duration_parse(node->value);

	if (seconds >= 1 && seconds <= LONGEST_S)
		rule->per_s = (uint32_t)seconds;
	else
		tree_complain(
		    node, complaints, NULL, "a duration from 1s to 366d");
}

static void
read_rule(struct rate_rule *rule, const struct node *map,
    struct complaints *complaints)
{
	bool has_mails = false;
	bool has_per = false;

	if (map->kind != NODE_MAP) {
		tree_complain(map, complaints, NULL,
		    "a rule such as {mails: 100, per: 1h}");
		return;
	}
	for (const struct node *n = tree_first(map); n != NULL;
	     n = tree_next(map, n)) {
		if (strcmp(n->name, "mails") == 0) {
			has_mails = true;
			read_mails(rule, n, complaints);
		} else if (strcmp(n->name, "per") == 0) {
			has_per = true;
			read_per(rule, n, complaints);
		} else {
			complain(complaints, &n->key,
			    "%s: no such key, a rule has mails and per",
			    n->path);
		}
	}
	if (!has_mails || !has_per)
		complain(complaints, &map->place,
		    "%s: no %s; write {mails: 100, per: 1h}", map->path,
		    has_per ? "mails" : "per");
}

/* Two rules of the same length: one of them would never matter. */
static void
check_length(const struct rates *rates, const struct rate_rule *rule,
    const struct node *node, struct complaints *complaints)
{
	char length[24];

	for (size_t i = 0; i < rates->count; i++) {
		if (rule->per_s == 0 || rates->rules[i].per_s != rule->per_s)
			continue;
		duration_format(rule->per_s, length);
		complain(complaints, &node->place,
		    "%s: found a second rule per %s, keep the stricter one",
		    node->path, length);
	}
}

int
rate_rules_read(
    struct rates *rates, const struct node *node, struct complaints *complaints)
{
	unsigned before = complaints->count;

	rates->count = 0;
	if (node->kind == NODE_TEXT &&
	    strcasecmp(node->value, "unlimited") == 0)
		return 0;
	if (node->kind != NODE_LIST) {
		tree_complain(node, complaints, NULL, rate_rules_allowed);
		return -1;
	}
	for (const struct node *n = tree_first(node); n != NULL;
	     n = tree_next(node, n)) {
		struct rate_rule rule = { 0 };

		if (rates->count == RATE_RULES_MAX) {
			complain(complaints, &n->place,
			    "%s: found more than %d rules, the most there "
			    "can be",
			    node->path, RATE_RULES_MAX);
			break;
		}
		read_rule(&rule, n, complaints);
		check_length(rates, &rule, n, complaints);
		rates->rules[rates->count++] = rule;
	}
	return complaints->count == before ? 0 : -1;
}

void
rate_rules_write(const struct rate_rule *rule, FILE *out)
{
	char per[24];

	duration_format(rule->per_s, per);
	fprintf(out, "{mails: %u, per: %s}", rule->mails, per);
}
