/*
 * v1_blocks_search.h -- GET /v1/blocks with something to search or sort by.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_V1_BLOCKS_SEARCH_H
#define ADMIN_V1_BLOCKS_SEARCH_H

#include "admin/query_parameters.h"

#include <stdbool.h>

struct admin;
struct exchange;

/* Those of GET /v1/blocks: after, limit, would, and what to search by. */
extern const struct parameter v1_blocks_parameters[];

/* Is there any to search or sort by? */
bool v1_blocks_search_is_meant(const struct exchange *);

void v1_blocks_search(struct admin *, struct exchange *);

#endif
