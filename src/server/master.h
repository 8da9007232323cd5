/*
 * master.h -- the master: fork, supervise, reload, stop.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The master runs roles of a table and knows nothing of what they do. All
 * processes that were started with one load are a generation. A reload makes a
 * new generation and retires the old one, which finishes by itself.
 *
 * Signals of the master: HUP reload, USR2 take a new GeoIP file, USR1 log the
 * counters, TERM and INT stop.
 */
#ifndef SERVER_MASTER_H
#define SERVER_MASTER_H

#include "config/config.h"
#include "server/listen.h"
#include "server/snapshot.h"

/* What a generation lives on: constant once loaded. */
struct load {
	struct config *config;
	struct snapshot geoip;	/* fd -1: none configured */
};

enum load_reason {
	LOAD_START,	/* failure ends the program */
	LOAD_RELOAD,	/* HUP: everything anew */
	LOAD_REFRESH,	/* USR2: the configuration as it is, GeoIP anew */
};

/* Where a child sits. */
struct seat {
	unsigned index;		/* 0 to count-1 within its role */
	/*
	 * A pipe from the master. A byte on it: retire, that is, take no more
	 * connections, serve those there are until they can be closed without
	 * loss. Its end: stop, answer what is under way and exit.
	 */
	int master_fd;
	const struct listeners *listeners;
	const struct load *load;
};

/* A child: run returns its exit status. Signals are blocked when it starts;
 * it runs as the unprivileged user. */
struct role {
	const char *name;
	unsigned count;
	int (*run)(const struct seat *);
};

enum { ROLES_MAX = 4 };

struct service {
	/* A new load, or NULL after every error was logged. */
	struct load *(*load)(enum load_reason, const struct load *current);
	void (*unload)(struct load *);
	/* Fill in the roles that this configuration wants; how many. */
	size_t (*roles)(const struct config *, struct role roles[ROLES_MAX]);
};

struct master_options {
	bool is_daemon;		/* go to the background once it is ready */
	const char *pidfile;	/* "" for none */
};

/* Serve until told to stop; returns the exit status (sysexits.h). */
int master_run(const struct service *, const struct master_options *);

#endif
