/*
 * cases.h -- what both stores must answer alike, as scripts (script.h).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_STORE_CASES_H
#define TESTS_STORE_CASES_H

struct store_case {
	const char *name;	/* NULL ends a table */
	const char *script;
};

extern const struct store_case cases_limits[];
extern const struct store_case cases_window[];
extern const struct store_case cases_settings[];
extern const struct store_case cases_blocks[];
extern const struct store_case cases_rates[];
extern const struct store_case cases_admin[];
extern const struct store_case cases_history[];
extern const struct store_case cases_learning[];

#endif
