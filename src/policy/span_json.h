/*
 * span_json.h -- what an account used of its limits in a span, as JSON. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_SPAN_JSON_H
#define POLICY_SPAN_JSON_H

#include "store/store.h"

#include <jansson.h>

/* Mails of a span, how many are allowed, and the peak. */
json_t *show_span(const struct span_use *);

/* The same of SPAN_WEEK, which has young ones alone. */
json_t *show_week(const struct span_use *);

#endif
