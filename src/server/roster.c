/*
 * roster.c -- who of a generation should run, and when.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/roster.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static const char *const phase_names[] = {
	[ROSTER_TRIAL] = "starting",
	[ROSTER_SERVING] = "serving",
	[ROSTER_RETIRED] = "retired",
	[ROSTER_STOPPING] = "stopping",
	[ROSTER_KILLED] = "killed",
};

const char *
roster_phase_name(enum roster_phase phase)
{
	return phase_names[phase];
}

void
roster_init(struct roster *roster, int64_t now)
{
	memset(roster, 0, sizeof(*roster));
	roster->phase = ROSTER_TRIAL;
	roster->deadline_ms = now + ROSTER_TRIAL_MS;
}

void
roster_add(struct roster *roster, unsigned role, unsigned count, int64_t now)
{
	roster->posts = mem_grow(roster->posts, roster->count + count,
	    sizeof(*roster->posts));
	for (unsigned i = 0; i < count; i++)
		roster->posts[roster->count++] = (struct post) {
			.role = role, .index = i, .start_at_ms = now,
		};
}

void
roster_clear(struct roster *roster)
{
	free(roster->posts);
	memset(roster, 0, sizeof(*roster));
}

static bool
replaces(const struct roster *roster)
{
	return roster->phase == ROSTER_TRIAL ||
	    roster->phase == ROSTER_SERVING;
}

struct post *
roster_due(struct roster *roster, int64_t now)
{
	/* A trial that failed is over: do not start what will be stopped. */
	if (!replaces(roster) || roster->has_failed)
		return NULL;
	for (size_t i = 0; i < roster->count; i++)
		if (roster->posts[i].pid == 0 &&
		    roster->posts[i].start_at_ms <= now)
			return &roster->posts[i];
	return NULL;
}

void
roster_started(struct post *post, pid_t pid, int64_t now)
{
	post->pid = pid;
	post->is_up = false;
	post->started_ms = now;
}

/* Wait twice as long as the last time, within limits. */
static void
back_off(struct post *post, int64_t now)
{
	if (post->delay_ms == 0)
		post->delay_ms = ROSTER_FIRST_DELAY_MS;
	else if (post->delay_ms > ROSTER_LONGEST_DELAY_MS / 2)
		post->delay_ms = ROSTER_LONGEST_DELAY_MS;
	else
		post->delay_ms *= 2;
	post->start_at_ms = now + post->delay_ms;
}

static void
note_failure(struct roster *roster)
{
	if (roster->phase == ROSTER_TRIAL)
		roster->has_failed = true;
}

void
roster_not_started(struct roster *roster, struct post *post, int64_t now)
{
	note_failure(roster);
	back_off(post, now);
}

struct post *
roster_find(struct roster *roster, pid_t pid)
{
	for (size_t i = 0; i < roster->count; i++)
		if (roster->posts[i].pid == pid)
			return &roster->posts[i];
	return NULL;
}

void
roster_exited(struct roster *roster, struct post *post, int64_t now)
{
	note_failure(roster);
	post->pid = 0;
	post->is_up = false;
	if (now - post->started_ms < ROSTER_SHORT_LIFE_MS) {
		back_off(post, now);
		return;
	}
	post->delay_ms = 0;
	post->start_at_ms = now;
}

void
roster_serve(struct roster *roster)
{
	roster->phase = ROSTER_SERVING;
	roster->deadline_ms = INT64_MAX;
	roster->has_failed = false;
}

void
roster_retire(struct roster *roster, int64_t now, int64_t idle_ms)
{
	roster->phase = ROSTER_RETIRED;
	roster->deadline_ms = now + idle_ms + ROSTER_RETIRE_MARGIN_MS;
}

void
roster_stop(struct roster *roster, int64_t now)
{
	roster->phase = ROSTER_STOPPING;
	roster->deadline_ms = now + ROSTER_STOP_MS;
}

void
roster_kill(struct roster *roster)
{
	roster->phase = ROSTER_KILLED;
	roster->deadline_ms = INT64_MAX;
}

static enum roster_advice
check_trial(const struct roster *roster, int64_t now)
{
	if (roster->has_failed)
		return ROSTER_REJECT;
	if (roster_up(roster) == roster->count)
		return ROSTER_ACCEPT;
	return now >= roster->deadline_ms ? ROSTER_REJECT : ROSTER_WAIT;
}

enum roster_advice
roster_check(const struct roster *roster, int64_t now)
{
	if (roster->phase == ROSTER_TRIAL)
		return check_trial(roster, now);
	if (roster->phase == ROSTER_SERVING)
		return ROSTER_WAIT;
	if (roster_running(roster) == 0)
		return ROSTER_DONE;
	if (now < roster->deadline_ms)
		return ROSTER_WAIT;
	return roster->phase == ROSTER_RETIRED ? ROSTER_STOP : ROSTER_KILL;
}

int64_t
roster_wake_ms(const struct roster *roster)
{
	int64_t wake = roster->deadline_ms;

	if (!replaces(roster))
		return wake;
	for (size_t i = 0; i < roster->count; i++)
		if (roster->posts[i].pid == 0 &&
		    roster->posts[i].start_at_ms < wake)
			wake = roster->posts[i].start_at_ms;
	return wake;
}

size_t
roster_running(const struct roster *roster)
{
	size_t running = 0;

	for (size_t i = 0; i < roster->count; i++)
		running += roster->posts[i].pid != 0;
	return running;
}

size_t
roster_up(const struct roster *roster)
{
	size_t up = 0;

	for (size_t i = 0; i < roster->count; i++)
		up += roster->posts[i].is_up;
	return up;
}

size_t
roster_role_up(const struct roster *roster, unsigned role)
{
	size_t up = 0;

	for (size_t i = 0; i < roster->count; i++)
		up += roster->posts[i].role == role && roster->posts[i].is_up;
	return up;
}
