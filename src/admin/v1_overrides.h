/*
 * v1_overrides.h -- /v1/overrides: the overrides of the store.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_V1_OVERRIDES_H
#define ADMIN_V1_OVERRIDES_H

struct admin;
struct exchange;

/* GET, a page at a time: ?after=ACCOUNT and ?limit=. */
void v1_overrides_list(struct admin *, struct exchange *);

/* GET, PUT and DELETE of one; If-Match and If-None-Match: * are honoured. */
void v1_overrides_show(struct admin *, struct exchange *);
void v1_overrides_put(struct admin *, struct exchange *);
void v1_overrides_delete(struct admin *, struct exchange *);

#endif
