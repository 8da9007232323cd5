/*
 * override_fields.h -- values of an override's JSON, read one by one.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For override_json.h, and for others that look like it. Each reads one value;
 * key is for the message. They return 0; or -1, and say in why what is wrong.
 */
#ifndef STORE_OVERRIDE_FIELDS_H
#define STORE_OVERRIDE_FIELDS_H

#include "config/settings.h"

#include <jansson.h>

/* How it is written: 0.99, not 0.98999999999999999. */
#define OVERRIDE_JSON_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15))

enum { OVERRIDE_WHY_SIZE = 160, OVERRIDE_COMMENT_MAX = 4096 };

/* Say what would be right; returns -1. */
int override_refuse(char why[OVERRIDE_WHY_SIZE], const char *key,
    const char *allowed);

int override_read_countries(const json_t *, const char *key,
    struct countries *, char why[OVERRIDE_WHY_SIZE]);
int override_read_networks(const json_t *, const char *key, struct networks *,
    char why[OVERRIDE_WHY_SIZE]);

/* A key that nobody reads is a typing error. Say so; section: "" at the top, or
 * the path of what it is in. Returns -1. */
int override_unknown(char why[OVERRIDE_WHY_SIZE], const char *section,
    const char *key);

/* Are all keys of the object, which is this section, known? also: a test for
 * more of them, or NULL; known ends with NULL. Returns 0, or -1 and why. */
int override_check_keys(json_t *, const char *section,
    const char *const *known, bool (*also)(const char *key),
    char why[OVERRIDE_WHY_SIZE]);

/* NULL and null are "". */
int override_read_comment(const json_t *, struct override *,
    char why[OVERRIDE_WHY_SIZE]);

#endif
