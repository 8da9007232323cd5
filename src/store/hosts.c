/*
 * hosts.c -- the hosts that use a store, and what each told of itself.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/hosts.h"

#include "store/query.h"
#include "store/side.h"

#include <stdlib.h>
#include <string.h>

enum { HOSTS_MOST = 1000 };

enum store_result
store_tell_host(struct store *store, const char *state, int64_t deadline_ms)
{
	int worked = query_begin(store, ACCESS_WRITE, deadline_ms);

	if (worked == 0)
		worked = query_run(store, "host_seen",
		    VALUE_TEXT(store_server_name()), VALUE_NOW,
		    VALUE_TEXT(POLICYD_VERSION), VALUE_TEXT(state));
	if (worked == 0)
		worked = query_run(store, "hosts_forget", VALUE_NOW);
	return query_end(store, worked);
}

static void
take(struct store *store, void *row)
{
	struct host *host = row;

	host->name = query_copy(store, 0);
	host->seen_ms = query_number(store, 1);
	host->version = query_copy(store, 2);
	host->state = query_copy(store, 3);
}

static void
clear(void *row)
{
	host_clear(row);
}

enum store_result
store_hosts(struct store *store, struct host **hosts, size_t *count,
    int64_t *now_ms, int64_t deadline_ms)
{
	struct query_list list = { .size = sizeof(**hosts), .take = take,
		.clear = clear };
	int worked = query_begin(store, ACCESS_READ, deadline_ms);
	enum store_result result;

	if (worked == 0)
		worked = query_clock(store, now_ms);
	if (worked == 0)
		worked = query(store, "hosts_all", VALUE_NUMBER(HOSTS_MOST));
	result = query_list_end(store, &list,
	    worked == 0 ? query_collect(store, &list) : worked);
	*hosts = list.rows;
	*count = list.count;
	return result;
}

void
host_clear(struct host *host)
{
	free(host->name);
	free(host->version);
	free(host->state);
	memset(host, 0, sizeof(*host));
}
