/*
 * settings.h -- what holds for one account: limits, rates and where from.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * General settings are the YAML's `limits` and `rates`. An override of one
 * account (in the YAML or in the store) is laid over them key by key; the
 * result remembers where each value came from, for --explain.
 */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include "base/addr.h"
#include "config/limit_measures.h"
#include "config/detection_rules.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A limit that is lifted ("unlimited"). */
#define UNLIMITED UINT32_MAX

enum { RATE_RULES_MAX = 8 };

struct countries {	/* ISO 3166-1 alpha-2, upper case */
	size_t count;
	char (*codes)[3];
};

struct networks {
	size_t count;
	struct addr *list;
};

struct rate_rule {
	uint32_t mails;	/* at most so many messages or recipients ... */
	uint32_t per_s;	/* ... in any window of so many seconds */
};

struct rates {
	size_t count;	/* 0: no rule */
	struct rate_rule rules[RATE_RULES_MAX];	/* no two with one per_s */
};

/* What an override can set: the limits, by enum measure, these, and what the
 * rules of detection allow, SETTING_RULES + enum rule. */
enum setting {
	SETTING_HOME_COUNTRIES = MEASURE_COUNT,	/* which ones are home */
	SETTING_ONLY_COUNTRIES,
	SETTING_ONLY_NETWORKS,
	SETTING_RATES,
	SETTING_RULES,
	SETTING_COUNT = SETTING_RULES + RULE_COUNT
};

enum origin {
	ORIGIN_GENERAL,
	ORIGIN_YAML,		/* an entry of `overrides` */
	ORIGIN_STORE_DOMAIN,	/* the store's override of @domain */
	ORIGIN_STORE_ACCOUNT,	/* the store's override of the account */
};

struct settings {
	uint32_t window_s;
	uint32_t most_networks;	/* of an account that are remembered */
	uint32_t limits[MEASURE_COUNT];	/* the most of each, or UNLIMITED */
	struct countries home_countries;
	struct countries exempt_countries;	/* never overridden */
	struct countries only_countries;	/* count 0: no such list */
	struct networks only_networks;
	struct rates rates;
	uint32_t rules[RULE_COUNT];	/* see detection_rules.def */
	uint8_t origin[SETTING_COUNT];	/* enum origin of each */
};

struct override {
	char *account;		/* "a@b", "@b", or NULL for a network */
	struct addr network;	/* bits 0: none */
	bool has[SETTING_COUNT];	/* which fields of set are meant */
	struct settings set;
	char *comment;		/* NULL: none */
};

/* "limits.countries" and the like: the name of a setting for the reader. */
const char *settings_name(enum setting);
const char *settings_origin(enum origin);

/* Lay what override has over settings; lists are borrowed, not copied. */
void settings_overlay(struct settings *, const struct override *, enum origin);

/* Is code, "" for unknown, one of them? */
bool countries_has(const struct countries *, const char *code);

/* Is addr within one of them? */
bool networks_has(const struct networks *, const struct addr *);

/*
 * Read one code in either case, UK as GB; returns 0, or -1 if it is no two
 * letters.
 * The lists grow by mem_grow; _clear frees them.
 */
int countries_add(struct countries *, const char *code);
void countries_clear(struct countries *);
void networks_add(struct networks *, const struct addr *);
void networks_clear(struct networks *);

/* Free what an override owns. */
void override_clear(struct override *);

#endif
