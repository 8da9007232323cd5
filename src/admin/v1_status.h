/*
 * v1_status.h -- /v1/status: how the servers are, and what is wrong.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_V1_STATUS_H
#define ADMIN_V1_STATUS_H

struct admin;
struct exchange;

/* GET; it is answered without the store, too. */
void v1_status_show(struct admin *, struct exchange *);

#endif
