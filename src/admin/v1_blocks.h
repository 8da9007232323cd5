/*
 * v1_blocks.h -- /v1/blocks: who is blocked; block and unblock.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_V1_BLOCKS_H
#define ADMIN_V1_BLOCKS_H

struct admin;
struct exchange;

/* GET, a page at a time: ?after=ACCOUNT and ?limit=. */
void v1_blocks_list(struct admin *, struct exchange *);

/* What the body of PUT may hold. */
extern const char *const v1_blocks_keys[];

/* GET, PUT and DELETE of one account's block. */
void v1_blocks_show(struct admin *, struct exchange *);
void v1_blocks_put(struct admin *, struct exchange *);
void v1_blocks_delete(struct admin *, struct exchange *);

#endif
