/*
 * master.h -- the master: fork, supervise, reload, stop.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The master runs roles of a table and knows nothing of what they do. All
 * processes that were started with one load are a generation. A reload makes a
 * new generation; once all of it is up the old one is retired and finishes by
 * itself. If one of the new dies first, or is not up within 10 s, the new
 * generation is given up and the old one goes on.
 *
 * Signals of the master: HUP reload, USR2 take a new GeoIP file, USR1 log the
 * counters and the processes, TERM and INT stop (5 s at most, unless a role
 * may need longer).
 */
#ifndef SERVER_MASTER_H
#define SERVER_MASTER_H

#include "base/text.h"
#include "server/process_seat.h"

enum load_reason {
	LOAD_START,	/* failure ends the program */
	LOAD_RELOAD,	/* HUP: everything anew */
	LOAD_REFRESH,	/* USR2: the configuration as it is, GeoIP anew */
};

/* A child: run returns its exit status. It runs as the unprivileged user;
 * what signals do to it is said at signals_child (signals.h) and in orphan.h. */
struct role {
	const char *name;
	unsigned count;
	int (*run)(const struct seat *);
	/* Whose endpoints it serves: these are its seat's listeners. */
	enum endpoint_service serves;
	/* It calls seat_alive at least so often, from seat_ready on; who does
	 * not is killed and replaced. 0: it need not. */
	int64_t silence_ms;
	/* It may need so long to stop; 0: as all. Who takes longer is
	 * killed. */
	int64_t stop_ms;
};

enum { ROLES_MAX = 4 };

struct service {
	/*
	 * A new load, or NULL after every error was logged. Nobody is
	 * supervised meanwhile, so it should not take longer than a second.
	 */
	struct load *(*load)(enum load_reason, const struct load *current);
	/* Free a load that no process of this generation needs any more. */
	void (*unload)(struct load *);
	/*
	 * Fill in the roles that this configuration wants; how many. The
	 * first is the one that the service is for: systemd's watchdog is
	 * answered only while one of its processes at least is up and alive.
	 */
	size_t (*roles)(const struct config *, struct role roles[ROLES_MAX]);
	/*
	 * Add to the line of systemd's status how the service itself is;
	 * called about once a second. NULL: there is nothing to add.
	 */
	void (*describe)(const struct load *, struct text *);
};

struct master_options {
	/*
	 * Go to the background once all are up: the calling process returns
	 * from master_run then, with 0, or with the status of the failure.
	 * The daemon works in "/", so paths should be absolute. A log to
	 * stderr goes to syslog, unless stderr is a file.
	 */
	bool is_daemon;
	const char *pidfile;	/* NULL or "": what server.pidfile says */
};

/*
 * Serve until told to stop; returns the exit status (sysexits.h): 0 stopped,
 * EX_CONFIG no good configuration, user or group, EX_NOPERM privileges cannot
 * be dropped, EX_UNAVAILABLE no socket, pidfile in use, processes do not come
 * up. Sets up the log as the configuration says.
 */
int master_run(const struct service *, const struct master_options *);

#endif
