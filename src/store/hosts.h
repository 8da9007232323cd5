/*
 * hosts.h -- the hosts that use a store, and what each told of itself.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_HOSTS_H
#define STORE_HOSTS_H

#include "store/store.h"

struct host {
	char *name, *version;
	char *state;		/* JSON */
	int64_t seen_ms;
};
void host_clear(struct host *);

/* Tell that this host is there. state: a JSON object. */
enum store_result store_tell_host(struct store *, const char *state,
    int64_t deadline_ms);

/* Those seen within the last 30 days, in order of their names. The caller
 * clears each and frees the array. now_ms: the store's clock. */
enum store_result store_hosts(struct store *, struct host **, size_t *count,
    int64_t *now_ms, int64_t deadline_ms);

#endif
