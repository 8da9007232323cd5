/*
 * restarts.h -- who of a generation should run, and when.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pure: no process is started, asked or ended here, and the time (monotonic,
 * milliseconds) is passed in. The caller reports what happened and asks what
 * to do.
 *
 * A generation is on trial until each of its processes has said that it is up.
 * While it serves, who dies is replaced: at once after a long life, with a
 * growing delay after a short one. Once retired nobody is replaced any more.
 * Who shows no sign of life for longer than his role may hangs: he is to be
 * killed.
 */
#ifndef SERVER_RESTARTS_H
#define SERVER_RESTARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	/* Whoever dies younger has met something that another will meet
	 * again at once. */
	ROSTER_SHORT_LIFE_MS = 5000,
	/* Short enough not to be felt when it happens once. */
	ROSTER_FIRST_DELAY_MS = 100,
	/* A crash loop costs next to nothing, and ends soon after its cause. */
	ROSTER_LONGEST_DELAY_MS = 30000,
	/* Longer than a process takes to open what it needs on a busy host. */
	ROSTER_TRIAL_MS = 10000,
	/* To stop takes 5 s at most; the rest is for ending by force. */
	ROSTER_STOP_MS = 4000,
	/* Beyond the idle time-out, for a connection that was just used. */
	ROSTER_RETIRE_MARGIN_MS = 30000,
};

enum restarts_phase {
	ROSTER_TRIAL,		/* started, not all are up yet */
	ROSTER_SERVING,
	ROSTER_RETIRED,		/* finish by themselves */
	ROSTER_STOPPING,	/* were told to stop */
	ROSTER_KILLED,		/* did not, and were killed */
};

enum restarts_advice {
	ROSTER_WAIT,	/* nothing to do now */
	ROSTER_ACCEPT,	/* on trial: all are up */
	ROSTER_REJECT,	/* on trial: one died, or it took too long */
	ROSTER_STOP,	/* retired: time is up, tell them to stop */
	ROSTER_KILL,	/* stopping: time is up, kill them */
	ROSTER_DONE,	/* retired or later: nobody is left */
};

struct post {
	unsigned role, index;	/* of the role, and within it */
	pid_t pid;		/* 0: nobody */
	bool is_up;		/* it said so */
	int64_t started_ms;	/* the one who is there, or was last */
	int64_t start_at_ms;	/* if nobody is there: when to start one */
	unsigned delay_ms;	/* before the last start */
	int64_t stop_ms;	/* for stopping, if more than others have */
	int64_t silence_ms;	/* it may show no sign of life; 0: for ever */
	uint64_t beats;		/* its signs of life so far ... */
	int64_t heard_ms;	/* ... and when the last one was heard */
};

struct restarts {
	enum restarts_phase phase;
	int64_t deadline_ms;	/* of the phase; INT64_MAX: none */
	int64_t stopped_ms;	/* when they were told to */
	bool has_failed;	/* on trial, one died or did not start */
	size_t count;
	struct post *posts;
};

/* Begin a trial without posts; then add them, role by role. */
void restarts_init(struct restarts *, int64_t now);
void restarts_add(struct restarts *, unsigned role, unsigned count,
    int64_t silence_ms, int64_t now);
/* Who holds this role may need so long to stop. */
void restarts_be_patient(struct restarts *, unsigned role, int64_t stop_ms);
void restarts_clear(struct restarts *);

/* A post to be filled now, or NULL. Report restarts_started or _not_started. */
struct post *restarts_due(struct restarts *, int64_t now);
void restarts_started(struct post *, pid_t, int64_t now);
void restarts_not_started(struct restarts *, struct post *, int64_t now);

/* The post that pid holds, or NULL. */
struct post *restarts_find(struct restarts *, pid_t);

/* Whoever held the post died; start_at_ms says when to replace it. */
void restarts_exited(struct restarts *, struct post *, int64_t now);

/* How often it has shown a sign of life so far. */
void restarts_hear(struct post *, uint64_t beats, int64_t now);

/* One who hangs while it serves or is retired, or NULL; it is not named again
 * before as much time has passed again. */
struct post *restarts_silent(struct restarts *, int64_t now);

/* Nobody was listened to for so long, as when the machine was stopped: that
 * is not held against anybody. */
void restarts_excuse(struct restarts *, int64_t ms);

/* Go on to a phase. ROSTER_RETIRED lasts idle_ms and the margin at most. */
void restarts_serve(struct restarts *);
void restarts_retire(struct restarts *, int64_t now, int64_t idle_ms);
void restarts_stop(struct restarts *, int64_t now);
void restarts_kill(struct restarts *);

/* Has its time to stop passed? Is there one whose has not: then the phase goes
 * on until it has. How long may it take all of them? */
bool restarts_is_overdue(const struct restarts *, const struct post *,
    int64_t now);
bool restarts_spare(struct restarts *, int64_t now);
int64_t restarts_stop_ms(const struct restarts *);

enum restarts_advice restarts_check(const struct restarts *, int64_t now);

/* When to ask again, if nothing happens: INT64_MAX for never. */
int64_t restarts_wake_ms(const struct restarts *);

/* How many are there; how many of them are up; how many of a role are up and
 * have shown a sign of life lately. */
size_t restarts_running(const struct restarts *);
size_t restarts_up(const struct restarts *);
size_t restarts_alive(const struct restarts *, unsigned role, int64_t now);

const char *restarts_phase_name(enum restarts_phase);

#endif
