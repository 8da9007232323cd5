/*
 * limit_measures.c -- what is counted of each account, and limited.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/limit_measures.h"

const struct measure_row measures[MEASURE_COUNT] = {
#define ROW(id, name, what, is_home, path, key, least, cause, many, one)       \
	[MEASURE_##id] = { name, MEASURED_##what, is_home, key,                \
		"limits." path key, path key, least, cause, many, one },
#define FOREIGN(id, name, what, key, initial, least, cause, many, one, help)   \
	ROW(id, name, what, false, "", key, least, cause, many, one)
#define HOME(id, name, what, key, initial, least, cause, many, one, help)      \
	ROW(id, name, what, true, "home.", key, least, cause, many, one)
#include "config/limit_measures.def"
};

enum measure
measure_of(enum measured what, bool is_home)
{
	for (int i = 0; i < MEASURE_COUNT; i++)
		if (measures[i].what == what && measures[i].is_home == is_home)
			return (enum measure)i;
	return MEASURE_COUNT;
}
