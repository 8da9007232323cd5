/*
 * metrics.h -- /metrics, in Prometheus' text format.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_METRICS_H
#define ADMIN_METRICS_H

struct admin;
struct exchange;

/* GET: counters of all processes, and what the store holds, read every few
 * seconds at most. No label ever holds an account, address or country. */
void metrics_show(struct admin *, struct exchange *);

#endif
