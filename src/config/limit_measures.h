/*
 * limit_measures.h -- what is counted of each account, and limited.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row of limit_measures.def is all that the configuration, the overrides, the
 * store's counting, the judgement, and what is told of them need.
 */
#ifndef CONFIG_LIMIT_MEASURES_H
#define CONFIG_LIMIT_MEASURES_H

#include <stdbool.h>
#include <stdint.h>

enum measure {
#define MEASURE(id, ...) MEASURE_##id,
#include "config/limit_measures.def"
	MEASURE_COUNT
};

/* Of what distinct ones are counted. */
enum measured {
	MEASURED_COUNTRY,
	MEASURED_NETWORK,
	MEASURED_ASN,		/* an autonomous system */
	MEASURED_KINDS
};

struct measure_row {
	const char *name;	/* "home_countries": log, events, JSON */
	enum measured what;
	bool is_home;		/* counts what is at home, else what is not */
	const char *key;	/* "max_countries", within `limits.home` */
	const char *option;	/* "limits.home.max_countries" */
	const char *field;	/* "home.max_countries", in an override */
	uint32_t least;		/* of the limit */
	int cause;		/* its number in the store */
	const char *many, *one;	/* in words */
};

/* By enum measure. */
extern const struct measure_row measures[MEASURE_COUNT];

/* The measure of what at home or not; MEASURE_COUNT: there is none. */
enum measure measure_of(enum measured, bool is_home);

#endif
