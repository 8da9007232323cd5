/*
 * directory.c -- the LDAP directory, wherever it is just now.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "directory/directory.h"

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/mem.h"
#include "directory/ldap_reconnect.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

struct directory {
	const struct ldap_options *options;
	struct connector *connector;
	struct link *link;	/* NULL: none, or none yet */
	bool is_away;
	/*
	 * How long requests have waited since the last sign of life. It is
	 * summed up, because each of them may have less time than ldap.timeout,
	 * and all together wait that long.
	 */
	int64_t waited_ms;
	struct log_limit refusals;
};

struct directory *
directory_open(const struct ldap_options *options)
{
	struct directory *directory;
	struct connector *connector = connector_new(options);

	if (connector == NULL)
		return NULL;
	directory = mem_new(1, sizeof(*directory));
	directory->options = options;
	directory->connector = connector;
	return directory;
}

void
directory_close(struct directory *directory)
{
	if (directory == NULL)
		return;
	link_close(directory->link);
	connector_free(directory->connector);
	free(directory);
}

/* --- away and back ------------------------------------------------------- */

/* Part with a broken link; another is made at once or some time later. */
static void
drop_link(struct directory *directory, bool at_once)
{
	link_close(directory->link);
	directory->link = NULL;
	connector_start(directory->connector, at_once);
}

static void
go_away(struct directory *directory, const char *cause)
{
	directory->waited_ms = 0;
	if (directory->is_away)
		return;
	directory->is_away = true;
	counters_set(STAT_LDAP_AWAY, 1);
	log_warning("LDAP: the directory is away, and accounts keep the names "
		    "they come with: %s",
	    cause);
}

static void
come_back(struct directory *directory)
{
	directory->waited_ms = 0;
	connector_praise(directory->connector);
	if (!directory->is_away)
		return;
	directory->is_away = false;
	counters_set(STAT_LDAP_AWAY, 0);
	log_info("LDAP: %s: the directory answers again", directory->link->uri);
}

/* Time was spent without an answer: is it enough to call it away? */
static bool
is_overdue(struct directory *directory, int64_t since_ms)
{
	directory->waited_ms += clock_mono_ms() - since_ms;
	return directory->waited_ms >= directory->options->timeout_ms;
}

/* --- asking -------------------------------------------------------------- */

/* Get a link, waiting for it until the deadline unless it is known away. */
static bool
reach(struct directory *directory, int64_t deadline_ms)
{
	char error[LINK_ERROR_SIZE];
	char cause[64];
	int64_t since_ms = clock_mono_ms();
	int64_t until_ms = directory->is_away ? since_ms : deadline_ms;

	if (directory->link != NULL)
		return true;
	connector_start(directory->connector, !directory->is_away);
	switch (connector_take(directory->connector, until_ms, &directory->link,
	    error)) {
	case CONNECTOR_DONE:
		return true;
	case CONNECTOR_FAILED:
		go_away(directory, error);
		return false;
	case CONNECTOR_TRYING:
	default:
		if (directory->is_away || !is_overdue(directory, since_ms))
			return false;
		snprintf(cause, sizeof(cause), "no connection within %u ms",
		    directory->options->timeout_ms);
		go_away(directory, cause);
		return false;
	}
}

/* The query that an answer belongs to; NULL: to none. An operation has a
 * number above 0; that of a notice that the server hangs up (RFC 4511, 4.4.1)
 * is 0. */
static struct query *
find_query(struct query *queries, size_t count, int operation)
{
	for (size_t i = 0; i < count; i++)
		if (operation > 0 && queries[i].operation == operation)
			return &queries[i];
	return NULL;
}

/* Send what is open; how many are under way then, or -1. */
static int
send_all(struct directory *directory, struct query *queries, size_t count)
{
	int sent = 0;

	for (size_t i = 0; i < count; i++) {
		if (queries[i].state != QUERY_OPEN)
			continue;
		if (query_send(
			&queries[i], directory->link, directory->options) != 0)
			return -1;
		if (queries[i].state == QUERY_OPEN)
			sent++;
	}
	return sent;
}

/*
 * Send and collect. LDAP_SUCCESS: nothing is open any more. LDAP_TIMEOUT: the
 * deadline has passed. Else the link is broken.
 */
static int
ask_once(struct directory *directory, struct query *queries, size_t count,
    int64_t deadline_ms, int64_t *last_sign_ms)
{
	struct link *link = directory->link;
	int code = LDAP_SERVER_DOWN;
	int left;

	for (size_t i = 0; i < count; i++)
		queries[i].operation = 0; /* those of a link before */
	link->wire.deadline_ms = deadline_ms;
	left = send_all(directory, queries, count);
	if (left < 0)
		return code;
	while (left > 0) {
		struct query *query;
		LDAPMessage *answer = link_wait(link, LDAP_RES_ANY, deadline_ms,
		    &code);

		if (answer == NULL)
			return code;
		query = find_query(queries, count, ldap_msgid(answer));
		if (query == NULL) {
			ldap_msgfree(answer);
			return LDAP_SERVER_DOWN;
		}
		query_take(query, link, answer);
		come_back(directory);
		*last_sign_ms = clock_mono_ms();
		left--;
	}
	return LDAP_SUCCESS;
}

/* The deadline came first. Some day the server may go on with other questions;
 * these need no answer any more. */
static void
forget(struct directory *directory, const struct query *queries, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (queries[i].state == QUERY_OPEN && queries[i].operation != 0)
			ldap_abandon_ext(directory->link->handle,
			    queries[i].operation, NULL, NULL);
}

/* Questions were asked, and not all were answered: what about the link? */
static void
judge_link(struct directory *directory, int code, bool is_overdue_now)
{
	char cause[LINK_ERROR_SIZE];

	if (code == LDAP_TIMEOUT && !is_overdue_now)
		return;
	snprintf(cause, sizeof(cause), "%s: search: %s", directory->link->uri,
	    ldap_err2string(code));
	drop_link(directory, false);
	go_away(directory, cause);
}

static void
ask(struct directory *directory, struct query *queries, size_t count,
    int64_t deadline_ms)
{
	for (bool is_again = false; reach(directory, deadline_ms);
	     is_again = true) {
		int64_t last_sign_ms = clock_mono_ms();
		int code = ask_once(directory, queries, count, deadline_ms,
		    &last_sign_ms);

		if (code == LDAP_SUCCESS)
			return;
		if (code == LDAP_TIMEOUT)
			forget(directory, queries, count);
		else if (!is_again && clock_left_ms(deadline_ms) > 0) {
			/* It was restarted, or hung up on an idle client. */
			drop_link(directory, true);
			continue;
		}
		judge_link(directory, code,
		    is_overdue(directory, last_sign_ms));
		return;
	}
}

/* Note what was not answered as it should. */
static void
review(struct directory *directory, const struct query *queries, size_t count)
{
	size_t failures = 0;

	for (size_t i = 0; i < count; i++) {
		const struct query *query = &queries[i];

		failures += query->state == QUERY_OPEN ||
		    query->state == QUERY_FAILED;
		if (query->state == QUERY_FAILED)
			log_limited(&directory->refusals, LOG_LEVEL_WARNING,
			    "LDAP: the directory did not say who %s is: %s%s%s",
			    query->name, ldap_err2string(query->code),
			    query->words[0] != '\0' ? ": " : "", query->words);
	}
	counters_add(STAT_LDAP_LOOKUPS, count);
	counters_add(STAT_LDAP_FAILURES, failures);
}

void
directory_ask(struct directory *directory, struct query *queries, size_t count,
    int64_t deadline_ms)
{
	int64_t began_us = clock_mono_us();
	int64_t end_ms = clock_mono_ms() + directory->options->timeout_ms -
			 directory->waited_ms;
	uint64_t took_us;

	assert(count <= DIRECTORY_BATCH);
	ask(directory, queries, count,
	    deadline_ms < end_ms ? deadline_ms : end_ms);
	review(directory, queries, count);
	took_us = (uint64_t)(clock_mono_us() - began_us);
	counters_add(STAT_LDAP_US, took_us);
	counters_observe(STAT_LDAP_TIME_0, took_us);
}
