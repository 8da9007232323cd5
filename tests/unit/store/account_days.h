/*
 * account_days.h -- an account with a history, for the tests of detect.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ACCOUNT_DAYS_H
#define ACCOUNT_DAYS_H

#include "store/detect.h"
#include "store/place_name.h"
#include "unit.h"

#include <string.h>

#define TODAY UINT64_C(1)
#define BARRED (UINT64_C(1) << 62)
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define NOW (20000 * DAY + 8 * HOUR)

/* What nobody names is off. */
static uint32_t allowed[RULE_COUNT];
static struct history history;
static struct attempt attempt;

enum { HOME = 64496, AWAY = 64497 };

/* An account with so many days before today, each with mail from HOME. */
static inline void
begin(unsigned days)
{
	static const char *const values[RULE_COUNT] = {
#define RULE(id, key, kind, initial, ...) [RULE_##id] = initial,
#include "config/detection_rules.def"
	};

	for (int i = 0; i < RULE_COUNT; i++)
		ck_assert_int_eq(rule_read((enum rule)i,
		    rules[i].kind == RULE_IS_LIMIT ? "unlimited" : values[i],
		    &allowed[i]), 0);
	history_init(&history);
	history_turn(&history, NOW, allowed[RULE_DECAY]);
	history.active = ((TODAY << days) - 1) << 1;
	history.places = (struct days_table){ 1, { {
		(uint64_t)HOME << 2, history.active } } };
	history.countries = (struct days_table){ 1, { {
		place_name_country("DE"), history.active } } };
}

/* A login from 192.0.2.1, so far that is the /16 of everything. */
static inline struct login
login(uint32_t asn, const char *country)
{
	struct login result = { .asn = asn };

	ck_assert_int_eq(addr_parse("192.0.2.1", &result.client), 0);
	strcpy(result.country, country);
	return result;
}

static inline struct suspicion
ask(const struct login *from, int64_t now_ms)
{
	detect_begin(&history, from, allowed, false, now_ms, &attempt);
	return detect_judge(&history, &attempt, allowed, true, now_ms);
}

static inline struct suspicion
mail(uint32_t asn, const char *country, int64_t now_ms)
{
	struct login from = login(asn, country);
	struct suspicion found = ask(&from, now_ms);

	if (found.cause == CAUSE_NONE)
		detect_passed(&history, &attempt, allowed);
	return found;
}

static inline void
passes(struct suspicion found)
{
	ck_assert_int_eq(found.cause, CAUSE_NONE);
}

static inline void
finds(struct suspicion found, enum cause cause, uint32_t number,
    uint32_t limit, int64_t per_ms)
{
	ck_assert_int_eq(found.cause, cause);
	ck_assert_uint_eq(found.found, number);
	ck_assert_uint_eq(found.limit, limit);
	ck_assert_uint_eq(found.per_s, (uint32_t)(per_ms / 1000));
	ck_assert(found.is_deferral ==
	    (cause == CAUSE_QUOTA_HOUR || cause == CAUSE_QUOTA_DAY));
}

#endif
