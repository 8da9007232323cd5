/*
 * process_seat.h -- where a process that the master forked sits.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The master and each of its processes are joined by a pair of sockets: the
 * process says that it is up, the master that it shall retire or stop.
 */
#ifndef SERVER_PROCESS_SEAT_H
#define SERVER_PROCESS_SEAT_H

#include "config/geoip_options.h"
#include "server/file_snapshot.h"
#include "server/heartbeat.h"
#include "server/listen_sockets.h"
#include "server/serving.h"

#include <stdint.h>

/* What a generation lives on: constant once loaded. */
struct load {
	struct config *config;	/* what the roles read */
	struct serving serving;	/* what the server reads of it */
	struct snapshot geoip[GEOIP_FILES];	/* fd -1: none */
	void *shared;	/* memory that all processes share; not the load's */
	uint64_t number;	/* each has another one */
};

struct seat {
	unsigned index;		/* 0 to count-1 within its role */
	/*
	 * From the master; to be waited on for reading, non-blocking. A byte
	 * on it: retire, that is, take no more connections, serve those there
	 * are until they can be closed without loss. Its end: stop, answer
	 * what is under way and exit. See seat_order.
	 */
	int master_fd;
	struct heartbeat *heartbeat;
	const struct listeners *listeners;	/* of its role alone */
	const struct load *load;
};

enum seat_order {
	SEAT_STAY,
	SEAT_RETIRE,
	SEAT_STOP,
};

/* Take the master's order from master_fd; never waits. */
enum seat_order seat_order(const struct seat *);

/*
 * Tell the master that this process is up. Each must, once it has opened what
 * it needs: a start or a reload in which one does not fails.
 */
void seat_ready(const struct seat *);

/* Show a sign of life: each time round the loop (role.silence_ms). */
void seat_alive(const struct seat *);

/*
 * Close this process's copies of the listening sockets. A socket listens for
 * as long as anybody holds it: so who is retired or stopped calls this as soon
 * as it takes no more.
 */
void seat_close_listeners(const struct seat *);

#endif
