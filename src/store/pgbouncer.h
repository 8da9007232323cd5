/*
 * pgbouncer.h -- pgbouncer's configuration, between a proxy and its shards.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_PGBOUNCER_H
#define STORE_PGBOUNCER_H

#include "store/store.h"

#include <stdint.h>
#include <stdio.h>

/* Print it. The store is a proxy that knows its shards, one of so many. */
enum store_result store_print_pooler(struct store *, int64_t proxies, FILE *,
    int64_t deadline_ms);

#endif
