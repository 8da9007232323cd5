/*
 * time_json.h -- a moment and a day as JSON. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_TIME_JSON_H
#define POLICY_TIME_JSON_H

#include <jansson.h>
#include <stdint.h>

/* A time: RFC 3339 text, or null for 0. */
json_t *show_time(int64_t ms);

/* A day of UTC: "2026-01-31", or null for 0. */
json_t *show_day(int64_t ms);

#endif
