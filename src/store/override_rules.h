/*
 * override_rules.h -- what the rules of detection allow, in an override's JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * As in policyd.yaml(5), {"new_places": {"quota": {"hour": 10}}}: a number, a
 * number or "unlimited", or true and false. Sections are there if anything of
 * them is set; null, like absence, is the general value. Pure.
 */
#ifndef STORE_OVERRIDE_RULES_H
#define STORE_OVERRIDE_RULES_H

#include "store/override_fields.h"

/* A value, as it stands in JSON. The caller's. */
json_t *override_rule_json(enum rule, uint32_t value);

/* Put a value where a dotted key says, "new_places.quota.hour", and make the
 * sections of it; takes the value over. Or get it; NULL: there is none. */
void override_set_at(json_t *object, const char *path, json_t *value);
json_t *override_at(const json_t *object, const char *path);

/* Add what is set to the object, or read it from there: 0; or -1 and why, with
 * the whole path of what is wrong. Keys of the object that are no section of
 * rules are left alone. */
void override_rules_add(json_t *object, const struct override *);
int override_rules_read(json_t *object, struct override *,
    char why[OVERRIDE_WHY_SIZE]);

#endif
