/*
 * http_console.c -- the role that serves the HTTP interface.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It shares the store and the counters with the workers, and nothing else: it
 * can hang or die, and mail goes on.
 */
#include "roles/http_console.h"

#include "admin/http.h"
#include "admin/http_call.h"
#include "base/clock.h"
#include "base/log.h"
#include "roles/geoip_files.h"
#include "roles/shared_memory.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	TAGS = 16,
	/* Once round the loop at least so often. */
	LOOP_MS = 5000,
	/* Waiting for the store before the first connection is taken. */
	START_MS = 2000,
	/* A retired console ends what is under way; told to stop, sooner: the
	 * master's patience is 4 s. */
	RETIRE_MS = 20000,
	STOP_MS = 2000,
};

struct console {
	const struct seat *seat;
	struct crew *crew;
	struct poller *poller;
	struct http *http;
	bool is_leaving;
	int64_t leave_ms;	/* at the latest */
};

static int
listen_all(struct console *console)
{
	const struct listeners *listeners = console->seat->listeners;

	for (size_t i = 0; i < listeners->count; i++) {
		struct listener *listener = &listeners->list[i];

		if (poller_add(console->poller, listener->fd, INTEREST_READ,
			listener) != 0) {
			log_error("epoll: %s: %s", listener->spec,
			    strerror(errno));
			return -1;
		}
	}
	return 0;
}

static void
leave(struct console *console, int64_t within_ms)
{
	const struct listeners *listeners = console->seat->listeners;
	int64_t leave_ms = clock_mono_ms() + within_ms;

	if (!console->is_leaving) {
		for (size_t i = 0; i < listeners->count; i++)
			poller_remove(console->poller,
			    listeners->list[i].fd);
		seat_close_listeners(console->seat);
		http_retire(console->http);
		console->leave_ms = leave_ms;
	}
	console->is_leaving = true;
	if (leave_ms < console->leave_ms)
		console->leave_ms = leave_ms;
}

static void
heed_master(struct console *console)
{
	switch (seat_order(console->seat)) {
	case SEAT_RETIRE:
		leave(console, RETIRE_MS);
		break;
	case SEAT_STOP:
		leave(console, STOP_MS);
		/* Its end would be reported for ever. */
		poller_remove(console->poller, console->seat->master_fd);
		break;
	case SEAT_STAY:
	default:
		break;
	}
}

static void
dispatch(struct console *console, void *tag)
{
	const struct listeners *listeners = console->seat->listeners;

	if (tag == console) {
		heed_master(console);
		return;
	}
	for (size_t i = 0; i < listeners->count && !console->is_leaving; i++)
		if (tag == &listeners->list[i])
			http_accept(console->http, listeners->list[i].fd);
}

static bool
is_over(const struct console *console)
{
	return console->is_leaving && (http_is_idle(console->http) ||
	    clock_left_ms(console->leave_ms) == 0);
}

static void
serve(struct console *console)
{
	void *tags[TAGS];

	while (!is_over(console)) {
		int wait_ms = http_run(console->http);
		size_t count;

		seat_alive(console->seat);
		/* At least now and then, so that it can be seen to live. */
		if (wait_ms < 0 || wait_ms > LOOP_MS)
			wait_ms = LOOP_MS;
		count = poller_wait(console->poller, tags, TAGS, wait_ms);
		for (size_t i = 0; i < count; i++)
			dispatch(console, tags[i]);
		if (poller_is_told() && !console->is_leaving)
			leave(console, STOP_MS);
	}
}

int
console_run(const struct seat *seat)
{
	struct console console = { .seat = seat };
	const struct config *config = seat->load->config;
	const struct geo_paths geoip = geoip_files_paths(seat->load);
	const struct shared *shared = seat->load->shared;
	int status = EX_CONFIG;

	console.crew = crew_start(config, &geoip, shared->news, call_work,
	    clock_mono_ms() + START_MS);
	if (console.crew == NULL)
		return EX_UNAVAILABLE;
	console.http = http_new(config, console.crew);
	console.poller = poller_new();
	if (console.http == NULL || console.poller == NULL ||
	    poller_add(console.poller, seat->master_fd, INTEREST_READ,
		&console) != 0 ||
	    http_watch(console.http, console.poller) != 0 ||
	    listen_all(&console) != 0)
		goto fail;
	poller_catch_term();
	seat_ready(seat);
	serve(&console);
	status = EX_OK;
fail:
	/* What a thread is still at ends with the process. */
	if (!crew_stop(console.crew))
		_exit(status);
	http_free(console.http);
	poller_free(console.poller);
	return status;
}
