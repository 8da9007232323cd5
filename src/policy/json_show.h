/*
 * json_show.h -- what the store tells, as JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_JSON_SHOW_H
#define POLICY_JSON_SHOW_H

#include "store/store.h"

#include <jansson.h>
#include <stdint.h>

/* A time: RFC 3339 text, or null for 0. */
json_t *show_time(int64_t ms);

/* A day of UTC: "2026-01-31", or null for 0. */
json_t *show_day(int64_t ms);

/* Mails of a span, how many are allowed, and the peak. */
json_t *show_span(const struct span_use *);

/* The same of SPAN_WEEK, which has young ones alone. */
json_t *show_week(const struct span_use *);

/* A block, with its reason in words. */
json_t *show_block(const struct block *);

#endif
