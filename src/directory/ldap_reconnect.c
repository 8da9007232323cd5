/*
 * ldap_reconnect.c -- makes the connection to a directory, in the background.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "directory/ldap_reconnect.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "directory/ldap_tls.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	SHORTEST_DELAY_MS = 100,
	LONGEST_DELAY_MS = 30000,
	STOP_MS = 1000, /* how long a thread has for stopping */
};

struct connector {
	const struct ldap_options *options;
	int stop_fds[2];	/* a pipe: written to stop the thread */
	struct tls tls;		/* the thread's */
	bool is_started;	/* there is a thread; its maker's */
	pthread_t thread;

	pthread_mutex_t lock;	/* for what follows */
	pthread_cond_t changed;
	bool is_stopping;
	bool is_over;		/* the thread is leaving */
	bool is_left;		/* its maker has gone: all is the thread's */
	struct link *link;
	unsigned failures;	/* since it began */
	int64_t delay_ms;	/* before the next try that has to wait */
	char error[LINK_ERROR_SIZE];
};

/* Wait for a change until a deadline, the lock held; false: it has passed. */
static bool
await_change(struct connector *connector, int64_t deadline_ms)
{
	struct timespec until = { .tv_sec = (time_t)(deadline_ms / 1000),
		.tv_nsec = (long)(deadline_ms % 1000) * 1000000 };

	return clock_left_ms(deadline_ms) > 0 &&
	    pthread_cond_timedwait(&connector->changed, &connector->lock,
		&until) == 0;
}

/* --- the thread ---------------------------------------------------------- */

/* Wait as long as failures so far suggest; false: stop. */
static bool
pause_thread(struct connector *connector, bool at_once)
{
	int64_t until_ms = clock_mono_ms();
	bool goes_on;

	pthread_mutex_lock(&connector->lock);
	if (!at_once) {
		until_ms += connector->delay_ms;
		connector->delay_ms *= 2;
		if (connector->delay_ms > LONGEST_DELAY_MS)
			connector->delay_ms = LONGEST_DELAY_MS;
	}
	while (!connector->is_stopping && clock_left_ms(until_ms) > 0)
		await_change(connector, until_ms);
	goes_on = !connector->is_stopping;
	pthread_mutex_unlock(&connector->lock);
	return goes_on;
}

/*
 * Try every URI. Somebody may be waiting for the first try: then they share
 * ldap.timeout, and a little is left for telling what went wrong.
 */
static struct link *
try_all(struct connector *connector, bool is_first, char *error, size_t size)
{
	const struct ldap_options *options = connector->options;
	int64_t timeout_ms = options->timeout_ms;
	int64_t end_ms = clock_mono_ms() + timeout_ms - timeout_ms / 10;
	struct text text;

	text_init(&text, error, size);
	for (size_t i = 0; i < options->uris.count; i++) {
		int64_t now = clock_mono_ms();
		int64_t left = (int64_t)(options->uris.count - i);
		int64_t share = is_first ? (end_ms - now) / left : timeout_ms;
		char cause[LINK_ERROR_SIZE] = "";
		struct link *link = link_open(options, options->uris.list[i],
		    now + share, connector->stop_fds[0], cause, sizeof(cause));

		if (link != NULL)
			return link;
		text_printf(&text, "%s%s", i > 0 ? "; " : "", cause);
	}
	return NULL;
}

static bool
wants_tls(const struct ldap_options *options)
{
	bool wants = options->starttls;

	for (size_t i = 0; i < options->uris.count; i++)
		wants |= strncmp(options->uris.list[i], "ldaps:", 6) == 0;
	return wants;
}

static struct link *
try_once(struct connector *connector, bool is_first, char *error, size_t size)
{
	if (wants_tls(connector->options) &&
	    tls_load(&connector->tls, connector->options, error, size) != 0)
		return NULL;
	return try_all(connector, is_first, error, size);
}

static void
release(struct connector *connector)
{
	link_close(connector->link);
	close(connector->stop_fds[0]);
	close(connector->stop_fds[1]);
	pthread_cond_destroy(&connector->changed);
	pthread_mutex_destroy(&connector->lock);
	free(connector);
}

static void *
run_thread(void *argument)
{
	struct connector *connector = argument;
	char error[LINK_ERROR_SIZE] = "";
	struct link *link = NULL;
	bool is_left;

	/* failures is 0 or, for a start that has to wait, 1. */
	for (bool at_once = connector->failures == 0;
	     link == NULL && pause_thread(connector, at_once);
	     at_once = false) {
		link = try_once(connector, at_once, error, sizeof(error));
		if (link != NULL)
			break;
		pthread_mutex_lock(&connector->lock);
		connector->failures++;
		memcpy(connector->error, error, sizeof(error));
		pthread_cond_broadcast(&connector->changed);
		pthread_mutex_unlock(&connector->lock);
	}
	pthread_mutex_lock(&connector->lock);
	connector->link = link;
	connector->is_over = true;
	is_left = connector->is_left;
	pthread_cond_broadcast(&connector->changed);
	pthread_mutex_unlock(&connector->lock);
	if (is_left)
		release(connector);
	return NULL;
}

/* --- its maker ----------------------------------------------------------- */

struct connector *
connector_new(const struct ldap_options *options)
{
	struct connector *connector = mem_new(1, sizeof(*connector));
	pthread_condattr_t attributes;

	if (pipe(connector->stop_fds) != 0) {
		log_error("LDAP: pipe: %s", strerror(errno));
		free(connector);
		return NULL;
	}
	fcntl(connector->stop_fds[0], F_SETFD, FD_CLOEXEC);
	fcntl(connector->stop_fds[1], F_SETFD, FD_CLOEXEC);
	connector->options = options;
	connector->delay_ms = SHORTEST_DELAY_MS;
	pthread_mutex_init(&connector->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&connector->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	return connector;
}

/* End the thread; false: it did not end in time, and is left alone. */
static bool
stop_thread(struct connector *connector)
{
	int64_t deadline_ms = clock_mono_ms() + STOP_MS;
	bool is_over;

	pthread_mutex_lock(&connector->lock);
	connector->is_stopping = true;
	pthread_cond_broadcast(&connector->changed);
	if (write(connector->stop_fds[1], "", 1) != 1)
		log_error("LDAP: write to a pipe: %s", strerror(errno));
	while (!connector->is_over && await_change(connector, deadline_ms))
		;
	is_over = connector->is_over;
	connector->is_left = !is_over;
	if (!is_over)
		pthread_detach(connector->thread);
	pthread_mutex_unlock(&connector->lock);
	if (is_over)
		pthread_join(connector->thread, NULL);
	return is_over;
}

void
connector_free(struct connector *connector)
{
	if (connector == NULL)
		return;
	if (!connector->is_started || stop_thread(connector))
		release(connector);
}

void
connector_start(struct connector *connector, bool at_once)
{
	sigset_t all, before;
	int code;

	if (connector->is_started)
		return;
	connector->is_over = false;
	connector->failures = at_once ? 0 : 1;
	connector->error[0] = '\0';
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	code = pthread_create(&connector->thread, NULL, run_thread, connector);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	connector->is_started = code == 0;
	if (code != 0) {
		connector->failures++;
		snprintf(connector->error, sizeof(connector->error),
		    "pthread_create: %s", strerror(code));
	}
}

enum connector_state
connector_take(struct connector *connector, int64_t deadline_ms,
    struct link **link, char error[LINK_ERROR_SIZE])
{
	enum connector_state state = CONNECTOR_TRYING;

	pthread_mutex_lock(&connector->lock);
	while (connector->link == NULL && connector->failures == 0 &&
	       await_change(connector, deadline_ms))
		;
	if (connector->link != NULL)
		state = CONNECTOR_DONE;
	else if (connector->failures > 0)
		state = CONNECTOR_FAILED;
	*link = connector->link;
	connector->link = NULL;
	memcpy(error, connector->error, sizeof(connector->error));
	pthread_mutex_unlock(&connector->lock);
	if (state == CONNECTOR_DONE) {
		pthread_join(connector->thread, NULL);
		connector->is_started = false;
	}
	return state;
}

void
connector_praise(struct connector *connector)
{
	pthread_mutex_lock(&connector->lock);
	connector->delay_ms = SHORTEST_DELAY_MS;
	pthread_mutex_unlock(&connector->lock);
}
