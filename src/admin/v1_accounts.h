/*
 * v1_accounts.h -- /v1/accounts: an account, explained.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_V1_ACCOUNTS_H
#define ADMIN_V1_ACCOUNTS_H

struct admin;
struct exchange;

/* GET: state, evidence, settings; with ?address= the verdict a login from
 * there would get. */
void v1_accounts_show(struct admin *, struct exchange *);

/* DELETE: forget it. */
void v1_accounts_forget(struct admin *, struct exchange *);

#endif
