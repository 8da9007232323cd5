/*
 * health.h -- /livez and /readyz.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_HEALTH_H
#define ADMIN_HEALTH_H

struct admin;
struct exchange;

/* GET /livez: the console answers. */
void health_live(struct admin *, struct exchange *);

/* GET /readyz: workers are up and the store answers, else 503. */
void health_ready(struct admin *, struct exchange *);

#endif
