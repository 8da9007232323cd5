/*
 * override_json.h -- an override of the store as JSON, and back.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keys are those of `overrides` in policyd.yaml(5):
 * {"account", "countries", "networks", "home": {"countries",
 * "max_countries", "max_networks"}, "only_countries", "only_networks",
 * "rates": [{"mails", "per"}], "comment", "valid_until"} and the sections of
 * detection_rules.def (override_rules.h). A limit is a number or "unlimited";
 * null, like absence, is the general value. Pure.
 */
#ifndef STORE_OVERRIDE_JSON_H
#define STORE_OVERRIDE_JSON_H

#include "store/override_fields.h"
#include "store/store.h"

#include <jansson.h>

/* What it sets: the keys above, null if they are not set; of the rules only
 * what is set. The caller's. */
json_t *override_set_to_json(const struct stored_override *);

/* The settings alone, without what is null: what the store keeps in the column
 * "settings". The caller's. */
json_t *override_settings_to_json(const struct override *);
char *override_json_write(const struct override *);

/* Read that back. Returns 0, or -1 if it is none. Numbers may be larger than a
 * client may set them. Either way the override is to be cleared. */
int override_json_read(const char *text, struct override *);

/* That, and what is known of it: author, changed, revision and listed. */
json_t *override_to_json(const struct stored_override *);

/*
 * Read what to set: account, author, changed, revision and listed are left
 * alone, but may be there. Returns 0; or -1 and says in why what is wrong.
 * Either way the override is to be cleared.
 */
int override_from_json(json_t *, struct stored_override *,
    char why[OVERRIDE_WHY_SIZE]);

#endif
