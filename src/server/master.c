/*
 * master.c -- the master: fork, supervise, reload, stop.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/master.h"

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/text.h"
#include "server/background.h"
#include "server/pidfile.h"
#include "server/privs.h"
#include "server/process_fleet.h"
#include "server/process_list.h"
#include "server/reload.h"
#include "server/resolver.h"
#include "server/signals.h"
#include "server/systemd_notify.h"

#include <signal.h>
#include <string.h>
#include <sysexits.h>

/* For killed processes to vanish; then we leave without them. */
enum { KILL_MS = 500 };

enum { STATUS_SIZE = 256 };

struct master {
	const struct service *service;
	struct fleet fleet;
	struct systemd notify;
	struct pidfile pidfile;
	struct background background;
	struct reload reload;
	char told[STATUS_SIZE];		/* what systemd was told last */
};

/* To the service manager, and to the counters. */
static void
tell_status(struct master *master)
{
	const struct generation *serving =
	    fleet_find(&master->fleet, ROSTER_SERVING);
	char bytes[STATUS_SIZE];
	struct text text;
	size_t up;

	if (serving == NULL)
		return;
	up = restarts_up(&serving->roster);
	counters_set(STAT_GENERATION, serving->number);
	counters_set(STAT_PROCESSES, serving->roster.count);
	counters_set(STAT_PROCESSES_UP, up);
	text_init(&text, bytes, sizeof(bytes));
	text_printf(&text, "Generation %u: %zu of %zu processes are up",
	    serving->number, up, serving->roster.count);
	if (master->service->describe != NULL)
		master->service->describe(serving->load, &text);
	if (strcmp(bytes, master->told) == 0)
		return;
	memcpy(master->told, bytes, sizeof(bytes));
	systemd_send(&master->notify, "STATUS=%s", bytes);
}

/* Answer the watchdog while the service is there. Return when to do it next. */
static int64_t
tell_watchdog(struct master *master, int64_t now)
{
	const struct generation *serving =
	    fleet_find(&master->fleet, ROSTER_SERVING);

	if (serving == NULL || restarts_alive(&serving->roster, 0, now) == 0)
		return INT64_MAX;
	return systemd_watchdog(&master->notify, now);
}

/* All of the first or of a new generation are up. */
static void
accept_trial(struct master *master, struct generation *trial, int64_t now)
{
	struct generation *old = fleet_find(&master->fleet, ROSTER_SERVING);

	restarts_serve(&trial->roster);
	if (old != NULL) {
		reload_accept(&master->reload, trial, old, now);
		return;
	}
	log_info("policyd " POLICYD_VERSION " serves, %zu processes",
	    trial->roster.count);
	fleet_drop_private(&master->fleet, master->background.fd);
	background_ready(&master->background);
	/* In the background the process that was called tells it: systemd
	 * would not listen to us yet. */
	if (!master->background.is_daemon)
		systemd_send(&master->notify, "READY=1");
}

/* Return 0, or the exit status if there is no other generation. */
static int
reject_trial(struct master *master, struct generation *trial, int64_t now)
{
	struct generation *old = fleet_find(&master->fleet, ROSTER_SERVING);

	if (!trial->roster.has_failed) {
		log_error("not all processes were up within %d s (? is "
			  "behind who was not)", ROSTER_TRIAL_MS / 1000);
		process_list_log(trial);
	}
	if (old != NULL) {
		reload_reject(&master->reload, trial, old, now);
		return 0;
	}
	log_error("not started: see above");
	return master->fleet.last_status != 0 ? master->fleet.last_status
					      : EX_UNAVAILABLE;
}

/* --- the loop ----------------------------------------------------------- */

/* Do what the rosters advise. Return 0, or the status of a failed start. */
static int
settle(struct master *master, int64_t now)
{
	struct generation *older;

	for (struct generation *one = master->fleet.newest; one != NULL;
	    one = older) {
		int status = 0;

		older = one->older;
		switch (restarts_check(&one->roster, now)) {
		case ROSTER_ACCEPT:
			accept_trial(master, one, now);
			break;
		case ROSTER_REJECT:
			status = reject_trial(master, one, now);
			break;
		case ROSTER_STOP:
			log_info("generation %u is stopped: it has finished "
				 "long enough", one->number);
			generation_stop(one, now);
			break;
		case ROSTER_KILL:
			generation_kill(one, now);
			break;
		case ROSTER_DONE:
			log_info("generation %u is gone", one->number);
			fleet_remove(&master->fleet, one);
			break;
		case ROSTER_WAIT:
		default:
			break;
		}
		if (status != 0)
			return status;
	}
	return 0;
}

static void
log_state(const struct master *master)
{
	counters_log();
	for (const struct generation *one = master->fleet.newest; one != NULL;
	    one = one->older)
		process_list_log(one);
}

/* One reload at a time: what comes meanwhile waits. */
static void
obey_signals(struct master *master)
{
	if (signals_take(SIGUSR1))
		log_state(master);
	if (reload_is_waiting(&master->reload) ||
	    fleet_find(&master->fleet, ROSTER_TRIAL) != NULL)
		return;
	if (signals_take(SIGHUP)) {
		signals_take(SIGUSR2); /* a reload takes a new file too */
		reload_begin(&master->reload, LOAD_RELOAD);
	} else if (signals_take(SIGUSR2)) {
		reload_begin(&master->reload, LOAD_REFRESH);
	}
}

/* Until told to stop (0), or a start that failed (its status). */
static int
supervise(struct master *master)
{
	for (;;) {
		int64_t now = clock_mono_ms();
		int64_t wake_ms, watchdog_ms, look_ms;
		int status;

		fleet_reap(&master->fleet, now);
		if (signals_take(SIGTERM) || signals_take(SIGINT))
			return 0;
		status = settle(master, now);
		if (status != 0)
			return status;
		obey_signals(master);
		fleet_start_due(&master->fleet, clock_mono_ms());
		look_ms = fleet_look(&master->fleet, now);
		tell_status(master);
		watchdog_ms = tell_watchdog(master, now);
		wake_ms = fleet_wake_ms(&master->fleet);
		if (watchdog_ms < wake_ms)
			wake_ms = watchdog_ms;
		fleet_wait(&master->fleet,
		    look_ms < wake_ms ? look_ms : wake_ms);
	}
}

/* --- stop --------------------------------------------------------------- */

static void
close_all_listeners(struct master *master)
{
	struct generation *trial = fleet_find(&master->fleet, ROSTER_TRIAL);
	struct generation *serving =
	    fleet_find(&master->fleet, ROSTER_SERVING);

	if (trial != NULL)
		listen_close(&trial->listeners,
		    serving == NULL ? NULL : &serving->listeners);
	if (serving != NULL)
		listen_close(&serving->listeners, NULL);
}

/* Stop all processes; more signals change nothing. */
static void
stop(struct master *master)
{
	int64_t now = clock_mono_ms();
	int64_t longest_ms = fleet_stop_ms(&master->fleet) + KILL_MS;
	int64_t leave_ms = now + longest_ms;

	log_info("stopping");
	/* systemd would kill us after TimeoutStopSec, which is for the rest. */
	systemd_send(&master->notify,
	    "STOPPING=1\nSTATUS=Stopping\nEXTEND_TIMEOUT_USEC=%lld",
	    (long long)longest_ms * 1000);
	reload_stop(&master->reload);
	close_all_listeners(master);
	for (struct generation *one = master->fleet.newest; one != NULL;
	    one = one->older)
		if (one->roster.phase < ROSTER_STOPPING)
			generation_stop(one, now);
	while (master->fleet.newest != NULL && now < leave_ms) {
		int64_t wake_ms = fleet_wake_ms(&master->fleet);

		fleet_wait(&master->fleet,
		    wake_ms < leave_ms ? wake_ms : leave_ms);
		now = clock_mono_ms();
		fleet_reap(&master->fleet, now);
		settle(master, now);
	}
	log_info("stopped");
}

/* --- start -------------------------------------------------------------- */

/* Leave the terminal, if that is wanted, before processes inherit it. */
static void
detach(struct master *master, const struct log_options *log)
{
	if (!master->background.is_daemon)
		return;
	if (!log->to_syslog && background_loses_stderr())
		log_warning("log.to is stderr, which is lost in the "
			    "background: logging to syslog");
	background_detach();
	background_set_log(&master->background, log);
}

/* With all that needs root: open, lock, then drop it. Return 0 or the exit
 * status; what was opened is closed by the caller either way. */
static int
prepare(struct master *master, const struct load *load, const char *pidfile,
    struct listeners *listeners)
{
	const struct server_options *options = load->serving.server;
	struct privs privs;
	int status = 0;

	if (pidfile == NULL || *pidfile == '\0')
		pidfile = options->pidfile;
	if (privs_lookup(&privs, options->user, options->group) != 0)
		return EX_CONFIG;
	if (listen_open(listeners, &load->serving, NULL) != 0 ||
	    pidfile_open(&master->pidfile, pidfile) != 0)
		status = EX_UNAVAILABLE;
	else if (fleet_open(&master->fleet, master->service,
		     &master->background, load->config) != 0)
		status = EX_OSERR;
	else if (privs_drop(&privs) != 0)
		status = EX_NOPERM;
	privs_clear(&privs);
	return status;
}

/* Have names resolved beside this process, so that it can be stopped; false:
 * it was. */
static bool
resolve(struct load *load, struct resolver_answer **answers)
{
	const struct endpoints *endpoints = load->serving.endpoints;
	pid_t pid = resolver_is_needed(endpoints) ?
	    resolver_start(endpoints, answers) : -1;

	if (pid < 0)
		return true;
	load->serving.answers = *answers;
	return resolver_wait(pid);
}

/* Start, serve and stop, in the process that stays. */
static int
serve(struct master *master, const char *pidfile)
{
	struct load *load = master->service->load(LOAD_START, NULL);
	struct listeners listeners = { 0 };
	struct resolver_answer *answers = NULL;
	bool is_wanted;
	int status = 0;

	if (load == NULL)
		return EX_CONFIG;
	log_setup(load->serving.log);
	signals_open();
	is_wanted = resolve(load, &answers);
	if (is_wanted)
		status = prepare(master, load, pidfile, &listeners);
	load->serving.answers = NULL;
	resolver_free(answers, load->serving.endpoints->count);
	if (!is_wanted || status != 0) {
		listen_close(&listeners, NULL);
		master->service->unload(load);
	} else {
		detach(master, load->serving.log);
		fleet_keep_private(&master->fleet, master->notify.fd);
		fleet_keep_private(&master->fleet, master->pidfile.fd);
		fleet_keep_private(&master->fleet, master->background.fd);
		fleet_add(&master->fleet, load, &listeners, clock_mono_ms());
		status = supervise(master);
		stop(master);
	}
	fleet_close(&master->fleet);
	pidfile_close(&master->pidfile);
	return status;
}

int
master_run(const struct service *service, const struct master_options *options)
{
	struct master master = {
		.service = service,
		.pidfile = { .fd = -1 },
		.background = { .fd = -1 },
	};
	int status = EX_OSERR;

	master.reload = (struct reload) {
		.service = service,
		.fleet = &master.fleet,
		.notify = &master.notify,
		.background = &master.background,
	};
	systemd_open(&master.notify);
	if (!options->is_daemon) {
		status = serve(&master, options->pidfile);
	} else if (background_start(&master.background, &status) == 0) {
		if (master.background.is_daemon)
			status = serve(&master, options->pidfile);
		else if (status == 0)
			systemd_send(&master.notify, "MAINPID=%d\nREADY=1",
			    (int)master.background.pid);
	}
	systemd_close(&master.notify);
	return status;
}
