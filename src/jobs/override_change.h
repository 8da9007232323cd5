/*
 * override_change.h -- KEY=VALUE of an override as JSON, and back.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_OVERRIDE_CHANGE_H
#define JOBS_OVERRIDE_CHANGE_H

#include "base/text.h"

#include <jansson.h>

enum { CHANGE_WHY_SIZE = 200 };

/*
 * Lay "countries=5", "home.countries=DE,AT", "rates=100/1h,500/1d",
 * "new_places.quota.hour=10" or
 * "networks=", which takes the general value again, over an override as
 * override_set_to_json has it. Values are judged by override_from_json.
 * Returns 0; or -1 and why.
 */
int override_change(json_t *override, const char *change,
    char why[CHANGE_WHY_SIZE]);

/* The settings of an override as such words, with blanks between them. */
void override_words(const json_t *override, struct text *words);

#endif
