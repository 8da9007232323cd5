/*
 * process_fleet.c -- the processes of all generations: start, hear, reap.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* SOCK_CLOEXEC */
#include "server/process_fleet.h"

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "server/child.h"
#include "server/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Slots of counters: for four generations of the size that the first one
 * has (one serves, one is on trial, two are retired), and for growing on
 * reload. Should it grow beyond that, processes share the last slot.
 */
enum { SLOTS_PER_PROCESS = 4, SLOTS_LEAST = 256 };

/* How often signs of life are looked for. */
enum { LOOK_MS = 1000 };

int
fleet_open(struct fleet *fleet, const struct service *service,
    const struct background *background, const struct config *first)
{
	struct role roles[ROLES_MAX];
	size_t count = service->roles(first, roles);

	memset(fleet, 0, sizeof(*fleet));
	fleet->service = service;
	fleet->background = background;
	for (size_t i = 0; i < count; i++)
		fleet->slot_count += roles[i].count * SLOTS_PER_PROCESS;
	if (fleet->slot_count < SLOTS_LEAST)
		fleet->slot_count = SLOTS_LEAST;
	fleet->heartbeats = heartbeat_open(fleet->slot_count);
	if (fleet->heartbeats == NULL ||
	    counters_open(fleet->slot_count) != 0) {
		log_error("no memory for the counters: %s", strerror(errno));
		return -1;
	}
	fleet->slots = mem_new(fleet->slot_count, sizeof(*fleet->slots));
	fleet->slots[0] = true;
	return 0;
}

void
fleet_close(struct fleet *fleet)
{
	while (fleet->newest != NULL)
		fleet_remove(fleet, fleet->newest);
	heartbeat_close(fleet->heartbeats, fleet->slot_count);
	free(fleet->polled);
	free(fleet->slots);
	memset(fleet, 0, sizeof(*fleet));
}

void
fleet_keep_private(struct fleet *fleet, int fd)
{
	if (fd >= 0)
		fleet->private_fds[fleet->private_count++] = fd;
}

void
fleet_drop_private(struct fleet *fleet, int fd)
{
	for (size_t i = 0; i < fleet->private_count; i++)
		if (fleet->private_fds[i] == fd)
			fleet->private_fds[i] =
			    fleet->private_fds[--fleet->private_count];
}

struct generation *
fleet_add(struct fleet *fleet, struct load *load, struct listeners *listeners,
    int64_t now)
{
	struct generation *added = generation_new(fleet->service,
	    ++fleet->last_number, load, listeners, now);

	added->older = fleet->newest;
	fleet->newest = added;
	fleet->last_status = 0;
	return added;
}

void
fleet_remove(struct fleet *fleet, struct generation *gone)
{
	struct generation **place = &fleet->newest;

	while (*place != gone)
		place = &(*place)->older;
	*place = gone->older;
	generation_free(gone, fleet->service);
}

struct generation *
fleet_find(const struct fleet *fleet, enum restarts_phase phase)
{
	struct generation *found = fleet->newest;

	while (found != NULL && found->roster.phase != phase)
		found = found->older;
	return found;
}

static unsigned
take_slot(struct fleet *fleet)
{
	unsigned slot = 1;

	while (slot < fleet->slot_count - 1 && fleet->slots[slot])
		slot++;
	fleet->slots[slot] = true;
	return slot;
}

/* A dead process has nothing open any more: its gauges go to 0. */
static void
free_slot(struct fleet *fleet, unsigned slot)
{
	fleet->slots[slot] = false;
	counters_release(slot);
}

/* Fork the one who is to hold the post; our end of the pair is in place. */
static pid_t
fork_member(struct fleet *fleet, const struct generation *generation,
    const struct post *post)
{
	struct member *member = generation_member(generation, post);
	const pid_t master = getpid();
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		pair) != 0)
		return -1;
	member->fd = pair[0];
	member->slot = take_slot(fleet);
	fflush(NULL); /* or the child would write it too */
	pid = fork();
	if (pid == 0)
		child_run(fleet, generation, post, pair[1], master);
	close(pair[1]);
	if (pid < 0) {
		close(member->fd);
		member->fd = -1;
		free_slot(fleet, member->slot);
	}
	return pid;
}

static void
start(struct fleet *fleet, struct generation *generation, struct post *post,
    int64_t now)
{
	pid_t pid = fork_member(fleet, generation, post);

	if (pid < 0) {
		log_error("cannot start a %s: %s",
		    generation_role(generation, post), strerror(errno));
		restarts_not_started(&generation->roster, post, now);
		return;
	}
	restarts_started(post, pid, now);
	log_debug("started %s %u, pid %d", generation_role(generation, post),
	    post->index, (int)pid);
}

void
fleet_start_due(struct fleet *fleet, int64_t now)
{
	for (struct generation *one = fleet->newest; one != NULL;
	    one = one->older) {
		struct post *post;

		while ((post = restarts_due(&one->roster, now)) != NULL)
			start(fleet, one, post, now);
	}
}

/* "status 1" or "signal 9 (Killed)". */
static void
describe_end(struct text *text, int wait_status)
{
	if (WIFSIGNALED(wait_status))
		text_printf(text, "was killed by signal %d (%s)",
		    WTERMSIG(wait_status), strsignal(WTERMSIG(wait_status)));
	else
		text_printf(text, "ended with status %d",
		    WEXITSTATUS(wait_status));
}

static void
log_end_of(const struct generation *generation, const struct post *post,
    pid_t pid, int wait_status, int64_t now)
{
	const char *role = generation_role(generation, post);
	char bytes[64];
	struct text end;

	text_init(&end, bytes, sizeof(bytes));
	describe_end(&end, wait_status);
	switch (generation->roster.phase) {
	case ROSTER_SERVING:
		log_warning("%s %u (pid %d) %s; another starts in %lld ms",
		    role, post->index, (int)pid, bytes,
		    (long long)(post->start_at_ms - now));
		break;
	case ROSTER_TRIAL:
		log_error("%s %u (pid %d) %s before all were up", role,
		    post->index, (int)pid, bytes);
		break;
	case ROSTER_RETIRED:
	case ROSTER_STOPPING:
	case ROSTER_KILLED:
	default:
		if (wait_status == 0)
			log_debug("%s %u (pid %d) %s", role, post->index,
			    (int)pid, bytes);
		else
			log_warning("%s %u (pid %d) %s", role, post->index,
			    (int)pid, bytes);
		break;
	}
}

static void
bury(struct fleet *fleet, pid_t pid, int wait_status, int64_t now)
{
	struct generation *one = fleet->newest;
	struct post *post = NULL;
	struct member *member;

	while (one != NULL &&
	    (post = restarts_find(&one->roster, pid)) == NULL)
		one = one->older;
	if (pid == fleet->helper)
		fleet->helper = 0;
	if (one == NULL)
		return; /* an orphan of others, if we are process 1 */
	member = generation_member(one, post);
	if (member->fd >= 0)
		close(member->fd);
	member->fd = -1;
	free_slot(fleet, member->slot);
	restarts_exited(&one->roster, post, now);
	if (one->roster.phase <= ROSTER_SERVING)
		fleet->last_status = WIFEXITED(wait_status)
		    ? WEXITSTATUS(wait_status) : 0;
	log_end_of(one, post, pid, wait_status, now);
}

void
fleet_reap(struct fleet *fleet, int64_t now)
{
	int wait_status;
	pid_t pid;

	while ((pid = waitpid(-1, &wait_status, WNOHANG)) > 0)
		bury(fleet, pid, wait_status, now);
}

static void
look_at(const struct fleet *fleet, struct generation *generation, int64_t now)
{
	struct restarts *roster = &generation->roster;
	struct post *silent;

	for (size_t i = 0; i < roster->count; i++)
		if (roster->posts[i].pid != 0)
			restarts_hear(&roster->posts[i],
			    heartbeat_count(heartbeat_of(fleet->heartbeats,
				generation->members[i].slot)), now);
	while ((silent = restarts_silent(roster, now)) != NULL) {
		log_error("%s %u (pid %d) has shown no sign of life for %lld "
			  "s: killed", generation_role(generation, silent),
		    silent->index, (int)silent->pid,
		    (long long)silent->silence_ms / 1000);
		kill(silent->pid, SIGKILL);
	}
}

int64_t
fleet_look(struct fleet *fleet, int64_t now)
{
	int64_t late_ms = fleet->look_ms == 0 ? 0 : now - fleet->look_ms;

	if (late_ms < 0)
		return fleet->look_ms;
	fleet->look_ms = now + LOOK_MS;
	for (struct generation *one = fleet->newest; one != NULL;
	    one = one->older) {
		/* The master was stopped or busy, perhaps they were too. */
		restarts_excuse(&one->roster, late_ms);
		look_at(fleet, one, now);
	}
	return fleet->look_ms;
}

int64_t
fleet_stop_ms(const struct fleet *fleet)
{
	int64_t longest_ms = ROSTER_STOP_MS;

	for (const struct generation *one = fleet->newest; one != NULL;
	     one = one->older)
		if (restarts_stop_ms(&one->roster) > longest_ms)
			longest_ms = restarts_stop_ms(&one->roster);
	return longest_ms;
}

/* Collect the pairs of those who have not said yet that they are up. */
static size_t
collect(struct fleet *fleet)
{
	size_t count = 0;

	for (struct generation *one = fleet->newest; one != NULL;
	    one = one->older) {
		if (fleet->polled_size < count + one->roster.count) {
			fleet->polled_size = count + one->roster.count;
			fleet->polled = mem_grow(fleet->polled,
			    fleet->polled_size, sizeof(*fleet->polled));
		}
		for (size_t i = 0; i < one->roster.count; i++)
			if (one->members[i].fd >= 0 &&
			    !one->roster.posts[i].is_up)
				fleet->polled[count++] = (struct pollfd) {
					.fd = one->members[i].fd,
					.events = POLLIN,
				};
	}
	return count;
}

/* Find whose pair this is, and listen to it. */
static void
hear(struct fleet *fleet, int fd)
{
	for (struct generation *one = fleet->newest; one != NULL;
	    one = one->older)
		for (size_t i = 0; i < one->roster.count; i++)
			if (one->members[i].fd == fd)
				generation_hear(one, &one->roster.posts[i]);
}

void
fleet_wait(struct fleet *fleet, int64_t wake_ms)
{
	size_t count = collect(fleet);

	if (signals_wait(fleet->polled, count,
		wake_ms == INT64_MAX ? -1 : clock_left_ms(wake_ms)) == 0)
		return;
	for (size_t i = 0; i < count; i++)
		if (fleet->polled[i].revents != 0)
			hear(fleet, fleet->polled[i].fd);
}

int64_t
fleet_wake_ms(const struct fleet *fleet)
{
	int64_t wake = INT64_MAX;

	for (const struct generation *one = fleet->newest; one != NULL;
	    one = one->older)
		if (restarts_wake_ms(&one->roster) < wake)
			wake = restarts_wake_ms(&one->roster);
	return wake;
}
