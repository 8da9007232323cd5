/*
 * restarts.c -- who of a generation should run, and when.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/restarts.h"

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
restarts_phase_name(enum restarts_phase phase)
{
	return phase_names[phase];
}

void
restarts_init(struct restarts *roster, int64_t now)
{
	memset(roster, 0, sizeof(*roster));
	roster->phase = ROSTER_TRIAL;
	roster->deadline_ms = now + ROSTER_TRIAL_MS;
}

void
restarts_add(struct restarts *roster, unsigned role, unsigned count,
    int64_t silence_ms, int64_t now)
{
	roster->posts = mem_grow(roster->posts, roster->count + count,
	    sizeof(*roster->posts));
	for (unsigned i = 0; i < count; i++)
		roster->posts[roster->count++] = (struct post) {
			.role = role, .index = i, .start_at_ms = now,
			.silence_ms = silence_ms,
		};
}

void
restarts_clear(struct restarts *roster)
{
	free(roster->posts);
	memset(roster, 0, sizeof(*roster));
}

static bool
replaces(const struct restarts *roster)
{
	return roster->phase == ROSTER_TRIAL ||
	    roster->phase == ROSTER_SERVING;
}

struct post *
restarts_due(struct restarts *roster, int64_t now)
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
restarts_started(struct post *post, pid_t pid, int64_t now)
{
	post->pid = pid;
	post->is_up = false;
	post->started_ms = now;
	post->heard_ms = now;
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
note_failure(struct restarts *roster)
{
	if (roster->phase == ROSTER_TRIAL)
		roster->has_failed = true;
}

void
restarts_not_started(struct restarts *roster, struct post *post, int64_t now)
{
	note_failure(roster);
	back_off(post, now);
}

struct post *
restarts_find(struct restarts *roster, pid_t pid)
{
	for (size_t i = 0; i < roster->count; i++)
		if (roster->posts[i].pid == pid)
			return &roster->posts[i];
	return NULL;
}

void
restarts_exited(struct restarts *roster, struct post *post, int64_t now)
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
restarts_hear(struct post *post, uint64_t beats, int64_t now)
{
	if (post->beats == beats)
		return;
	post->beats = beats;
	post->heard_ms = now;
}

static bool
is_silent(const struct post *post, int64_t now)
{
	return post->silence_ms > 0 && now - post->heard_ms > post->silence_ms;
}

struct post *
restarts_silent(struct restarts *roster, int64_t now)
{
	/* A trial, and a stop, have deadlines of their own. */
	if (roster->phase != ROSTER_SERVING && roster->phase != ROSTER_RETIRED)
		return NULL;
	for (size_t i = 0; i < roster->count; i++) {
		struct post *post = &roster->posts[i];

		if (post->pid == 0 || !is_silent(post, now))
			continue;
		post->heard_ms = now;
		return post;
	}
	return NULL;
}

void
restarts_excuse(struct restarts *roster, int64_t ms)
{
	for (size_t i = 0; i < roster->count; i++)
		roster->posts[i].heard_ms += ms;
}

void
restarts_serve(struct restarts *roster)
{
	roster->phase = ROSTER_SERVING;
	roster->deadline_ms = INT64_MAX;
	roster->has_failed = false;
}

void
restarts_retire(struct restarts *roster, int64_t now, int64_t idle_ms)
{
	roster->phase = ROSTER_RETIRED;
	roster->deadline_ms = now + idle_ms + ROSTER_RETIRE_MARGIN_MS;
}

void
restarts_stop(struct restarts *roster, int64_t now)
{
	roster->phase = ROSTER_STOPPING;
	roster->stopped_ms = now;
	roster->deadline_ms = now + ROSTER_STOP_MS;
}

void
restarts_be_patient(struct restarts *roster, unsigned role, int64_t stop_ms)
{
	for (size_t i = 0; i < roster->count; i++)
		if (roster->posts[i].role == role)
			roster->posts[i].stop_ms = stop_ms;
}

static int64_t
stop_ms(const struct post *post)
{
	return post->stop_ms > ROSTER_STOP_MS ? post->stop_ms : ROSTER_STOP_MS;
}

bool
restarts_is_overdue(const struct restarts *roster, const struct post *post,
    int64_t now)
{
	return now >= roster->stopped_ms + stop_ms(post);
}

bool
restarts_spare(struct restarts *roster, int64_t now)
{
	int64_t next_ms = INT64_MAX;

	for (size_t i = 0; i < roster->count; i++) {
		const struct post *post = &roster->posts[i];
		int64_t end_ms = roster->stopped_ms + stop_ms(post);

		if (post->pid != 0 && now < end_ms && end_ms < next_ms)
			next_ms = end_ms;
	}
	if (next_ms == INT64_MAX)
		return false;
	roster->deadline_ms = next_ms;
	return true;
}

int64_t
restarts_stop_ms(const struct restarts *roster)
{
	int64_t longest_ms = ROSTER_STOP_MS;

	for (size_t i = 0; i < roster->count; i++)
		if (roster->posts[i].pid != 0 &&
		    stop_ms(&roster->posts[i]) > longest_ms)
			longest_ms = stop_ms(&roster->posts[i]);
	return longest_ms;
}

void
restarts_kill(struct restarts *roster)
{
	roster->phase = ROSTER_KILLED;
	roster->deadline_ms = INT64_MAX;
}

static enum restarts_advice
check_trial(const struct restarts *roster, int64_t now)
{
	if (roster->has_failed)
		return ROSTER_REJECT;
	if (restarts_up(roster) == roster->count)
		return ROSTER_ACCEPT;
	return now >= roster->deadline_ms ? ROSTER_REJECT : ROSTER_WAIT;
}

enum restarts_advice
restarts_check(const struct restarts *roster, int64_t now)
{
	if (roster->phase == ROSTER_TRIAL)
		return check_trial(roster, now);
	if (roster->phase == ROSTER_SERVING)
		return ROSTER_WAIT;
	if (restarts_running(roster) == 0)
		return ROSTER_DONE;
	if (now < roster->deadline_ms)
		return ROSTER_WAIT;
	return roster->phase == ROSTER_RETIRED ? ROSTER_STOP : ROSTER_KILL;
}

int64_t
restarts_wake_ms(const struct restarts *roster)
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
restarts_running(const struct restarts *roster)
{
	size_t running = 0;

	for (size_t i = 0; i < roster->count; i++)
		running += roster->posts[i].pid != 0;
	return running;
}

size_t
restarts_up(const struct restarts *roster)
{
	size_t up = 0;

	for (size_t i = 0; i < roster->count; i++)
		up += roster->posts[i].is_up;
	return up;
}

size_t
restarts_alive(const struct restarts *roster, unsigned role, int64_t now)
{
	size_t alive = 0;

	for (size_t i = 0; i < roster->count; i++) {
		const struct post *post = &roster->posts[i];

		alive += post->role == role && post->is_up &&
		    !is_silent(post, now);
	}
	return alive;
}
