/*
 * block_json.h -- a block as JSON. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_BLOCK_JSON_H
#define POLICY_BLOCK_JSON_H

#include "store/store.h"

#include <jansson.h>

/* A block, with its reason in words. */
json_t *show_block(const struct block *);

#endif
