/*
 * v1_server.h -- what the server tells of itself under /v1.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_V1_SERVER_H
#define ADMIN_V1_SERVER_H

struct admin;
struct exchange;

/* GET /v1/statistics: the counters, and what the store holds. */
void v1_server_statistics(struct admin *, struct exchange *);

/* GET /v1/configuration: every key, secrets masked. */
void v1_server_configuration(struct admin *, struct exchange *);

/* GET /v1/audit: who changed what; newest first, ?before=ID and ?limit=. */
void v1_server_audit(struct admin *, struct exchange *);

#endif
