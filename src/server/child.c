/*
 * child.c -- what a forked process does before its role, and after.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/child.h"

#include "base/counters.h"
#include "base/mem.h"
#include "server/background.h"
#include "server/orphan.h"
#include "server/signals.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

static bool
listens_on(const struct generation *generation, int fd)
{
	for (size_t i = 0; i < generation->listeners.count; i++)
		if (generation->listeners.list[i].fd == fd)
			return true;
	return false;
}

/* Close what a generation has open and `own` has not. A brother's end of his
 * pair, kept open here, would keep him from seeing the master's death. */
static void
close_foreign(const struct generation *generation,
    const struct generation *own)
{
	for (size_t i = 0; i < generation->roster.count; i++)
		if (generation->members[i].fd >= 0)
			close(generation->members[i].fd);
	if (generation == own)
		return;
	for (size_t i = 0; i < generation->listeners.count; i++)
		if (!listens_on(own, generation->listeners.list[i].fd))
			close(generation->listeners.list[i].fd);
	for (int i = 0; i < GEOIP_FILES; i++)
		if (generation->load->geoip[i].fd >= 0)
			close(generation->load->geoip[i].fd);
}

/* A socket listens for as long as anybody holds it: each has its own alone. */
static void
keep_own(const struct generation *generation, enum endpoint_service service,
    struct listeners *own)
{
	const struct listeners *all = &generation->listeners;

	own->list = mem_new(all->count + 1, sizeof(*own->list));
	for (size_t i = 0; i < all->count; i++)
		if (all->list[i].service == service &&
		    service != ENDPOINT_NOBODY)
			own->list[own->count++] = all->list[i];
		else
			close(all->list[i].fd);
}

_Noreturn void
child_run(const struct fleet *fleet, const struct generation *own,
    const struct post *post, int master_fd, pid_t master)
{
	struct listeners listeners = { 0 };
	const struct seat seat = {
		.index = post->index,
		.master_fd = master_fd,
		.heartbeat = heartbeat_of(fleet->heartbeats,
		    own->members[post - own->roster.posts].slot),
		.listeners = &listeners,
		.load = own->load,
	};

	for (size_t i = 0; i < fleet->private_count; i++)
		close(fleet->private_fds[i]);
	for (const struct generation *generation = fleet->newest;
	    generation != NULL; generation = generation->older)
		close_foreign(generation, own);
	keep_own(own, own->roles[post->role].serves, &listeners);
	/* The master still logs as the serving generation does. */
	background_set_log(fleet->background, own->load->serving.log);
	signals_child();
	orphan_watch(master);
	counters_use(own->members[post - own->roster.posts].slot);
	counters_add(STAT_STARTS, 1);
	exit(own->roles[post->role].run(&seat));
}
