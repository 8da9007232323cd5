/*
 * block_row.h -- a block as the statements blocks_held and save_blocks tell it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_BLOCK_ROW_H
#define STORE_BLOCK_ROW_H

#include "store/query.h"

/* Take the present row. */
void block_take_row(struct store *, struct block *);

/* A list of such rows, empty yet. */
struct query_list block_list(void);

#endif
