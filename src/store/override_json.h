/*
 * override_json.h -- an override of the store as JSON, and back.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keys are those of `overrides` in policyd.yaml(5):
 * {"account", "countries", "networks", "home": {"countries",
 * "max_countries", "max_networks"}, "only_countries", "only_networks",
 * "rates": [{"mails", "per"}], "comment", "valid_until"}. A limit is a number
 * or "unlimited"; null, like absence, is the general value. Pure.
 */
#ifndef STORE_OVERRIDE_JSON_H
#define STORE_OVERRIDE_JSON_H

#include "store/store.h"

#include <jansson.h>

enum { OVERRIDE_WHY_SIZE = 160, OVERRIDE_COMMENT_MAX = 4096 };

/* What it sets: the keys above. The caller's. */
json_t *override_set_to_json(const struct stored_override *);

/* That, and what is known of it: author, changed, revision and listed. */
json_t *override_to_json(const struct stored_override *);

/*
 * Read what to set: account, author, changed, revision and listed are left
 * alone, but may be there. Returns 0; or -1 and says in why what is wrong.
 * Either way the override is to be cleared.
 */
int override_from_json(json_t *, struct stored_override *,
    char why[OVERRIDE_WHY_SIZE]);

/* A key that nobody reads is a typing error: 0 if all of the object are known
 * (the list ends with NULL), else -1 and why, with where before its name. */
int override_check_keys(json_t *, const char *const *known, const char *where,
    char why[OVERRIDE_WHY_SIZE]);

/* The fields of which this consists, for others that look like it: each reads
 * one value, null or absent for none. key is for the message. */
int override_read_countries(const json_t *, const char *key,
    struct countries *, char why[OVERRIDE_WHY_SIZE]);
int override_read_networks(const json_t *, const char *key, struct networks *,
    char why[OVERRIDE_WHY_SIZE]);
int override_read_comment(const json_t *, struct override *,
    char why[OVERRIDE_WHY_SIZE]);

#endif
