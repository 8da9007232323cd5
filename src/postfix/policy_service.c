/*
 * policy_service.c -- where Postfix calls policyd, and if that is us. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "postfix/policy_service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const postfix_lists[LIST_COUNT] = {
	[LIST_CLIENT] = "smtpd_client_restrictions",
	[LIST_HELO] = "smtpd_helo_restrictions",
	[LIST_SENDER] = "smtpd_sender_restrictions",
	[LIST_RELAY] = "smtpd_relay_restrictions",
	[LIST_RECIPIENT] = "smtpd_recipient_restrictions",
	[LIST_DATA] = "smtpd_data_restrictions",
	[LIST_END_OF_DATA] = "smtpd_end_of_data_restrictions",
};

static const char *
queue_directory(const struct postfix_facts *facts)
{
	return postfix_facts_get(facts, NULL, "queue_directory", NULL);
}

/* The file that a service means by a path. */
static void
resolve(const struct postfix_facts *facts,
    const struct postfix_service *service, const char *path,
    char file[RESTRICTION_SIZE])
{
	/* smtpd works in the queue directory; its chroot is there, too. */
	if (path[0] != '/')
		snprintf(file, RESTRICTION_SIZE, "%s/%s",
		    queue_directory(facts), path);
	else if (postfix_facts_is_chrooted(facts, service))
		snprintf(file, RESTRICTION_SIZE, "%s%s", queue_directory(facts),
		    path);
	else
		snprintf(file, RESTRICTION_SIZE, "%s", path);
}

/* The last part of a path. */
static const char *
base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Is it the same port, and the same host or one that ours listens for? */
static bool
is_same_port(const struct endpoint *ours, const struct endpoint *theirs)
{
	return endpoint_equal(ours, theirs) ||
	       (ours->port == theirs->port &&
		   (endpoint_is_any(ours) ||
		       strcasecmp(theirs->host, "localhost") == 0));
}

/* Does a call lead to one of our sockets? is_near: it looks like it. */
static bool
is_ours(const struct config *config, const struct postfix_facts *facts,
    const struct postfix_service *service, const char *called, bool *is_near)
{
	bool is_unix = strncmp(called, "unix:", 5) == 0;
	char file[RESTRICTION_SIZE];
	struct endpoint theirs;

	*is_near = false;
	if (is_unix)
		resolve(facts, service, called + 5, file);
	else if (strncmp(called, "inet:", 5) != 0 ||
		 endpoint_parse(&theirs, called) != NULL)
		return false;
	for (size_t i = 0; i < config->endpoints.count; i++) {
		const struct endpoint *ours = &config->endpoints.list[i];

		if (ours->service != ENDPOINT_POLICY ||
		    is_unix != (ours->path != NULL))
			continue;
		if (is_unix ? strcmp(file, ours->path) == 0
			    : is_same_port(ours, &theirs))
			return true;
		*is_near |= is_unix &&
			    strcmp(base(file), base(ours->path)) == 0;
	}
	return false;
}

/* Does this answer let mail pass while policyd is away? */
static bool
lets_pass(const char *action)
{
	return strcasecmp(action, "DUNNO") == 0 ||
	       strcasecmp(action, "OK") == 0 ||
	       strcasecmp(action, "PERMIT") == 0;
}

/* A time as postconf(5) has it: "5", "5s", "2m"; in seconds. */
static int64_t
read_time(const char *value)
{
	static const struct {
		char letter;
		int seconds;
	} units[] = { { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 },
		{ 'w', 604800 } };
	char *unit;
	int64_t time = strtol(value, &unit, 10);

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (*unit == units[i].letter)
			time *= units[i].seconds;
	return time;
}

static void
set_option(struct policy_service *call, const char *name, const char *value)
{
	if (strcmp(name, "default_action") == 0)
		call->is_soft = lets_pass(value);
	else if (strcmp(name, "timeout") == 0)
		call->timeout_s = read_time(value);
	else if (strcmp(name, "try_limit") == 0)
		call->tries = strtol(value, NULL, 10);
	else if (strcmp(name, "retry_delay") == 0)
		call->delay_s = read_time(value);
}

/* What holds for a call that does not say otherwise. */
static void
set_defaults(struct policy_service *call, const struct postfix_facts *facts,
    const struct postfix_service *service)
{
	static const char *const names[] = { "default_action", "timeout",
		"try_limit", "retry_delay" };
	char parameter[RESTRICTION_SIZE];

	/* postconf(5); postconf -x tells them, unless it is an old one. */
	call->timeout_s = 100;
	call->tries = 2;
	call->delay_s = 1;
	call->is_soft = false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value;

		snprintf(parameter, sizeof(parameter),
		    "smtpd_policy_service_%s", names[i]);
		value = postfix_facts_get(facts, service, parameter, NULL);
		if (value[0] != '\0')
			set_option(call, names[i], value);
	}
}

/* "name=value", also "name = value", in three words. */
static bool
next_option(const char **rest, char name[RESTRICTION_SIZE],
    char value[RESTRICTION_SIZE])
{
	char *equals;

	if (!postfix_next_word(rest, name))
		return false;
	equals = strchr(name, '=');
	if (equals == NULL) {
		if (!postfix_next_word(rest, value) || value[0] != '=')
			return false;
		memmove(value, value + 1, strlen(value));
	} else {
		*equals = '\0';
		strcpy(value, equals + 1);
	}
	return value[0] != '\0' || postfix_next_word(rest, value);
}

/* Take "unix:path" or "{ unix:path, default_action=DUNNO, ... }" apart. */
static bool
read_call(const char *word, char endpoint[RESTRICTION_SIZE],
    struct policy_service *call)
{
	char inner[RESTRICTION_SIZE];
	char name[RESTRICTION_SIZE];
	char value[RESTRICTION_SIZE];
	const char *rest = inner;
	size_t length = strlen(word);

	if (word[0] != '{') {
		snprintf(endpoint, RESTRICTION_SIZE, "%s", word);
		return true;
	}
	if (length < 2)
		return false;
	snprintf(inner, sizeof(inner), "%.*s", (int)length - 2, word + 1);
	if (!postfix_next_word(&rest, endpoint))
		return false;
	while (next_option(&rest, name, value))
		set_option(call, name, value);
	return true;
}

/* What ends the way of an authenticated client through a list. */
static bool
is_end(const char *word)
{
	static const char *const ends[] = { "permit_sasl_authenticated",
		"permit", "reject", "defer", NULL };

	for (const char *const *end = ends; *end != NULL; end++)
		if (strcmp(*end, word) == 0)
			return true;
	return false;
}

void
policy_service_find(const struct config *config,
    const struct postfix_facts *facts, const struct postfix_service *service,
    enum postfix_list list, struct policy_service *call)
{
	const char *rest =
	    postfix_facts_get(facts, service, postfix_lists[list], NULL);
	char word[RESTRICTION_SIZE];
	char endpoint[RESTRICTION_SIZE];
	bool is_near;

	memset(call, 0, sizeof(*call));
	while (!call->is_there && postfix_next_word(&rest, word)) {
		if (is_end(word) && call->before[0] == '\0')
			strcpy(call->before, word);
		if (strcmp(word, "check_policy_service") != 0 ||
		    !postfix_next_word(&rest, word))
			continue;
		set_defaults(call, facts, service);
		if (!read_call(word, endpoint, call))
			continue;
		call->is_there =
		    is_ours(config, facts, service, endpoint, &is_near);
		if (is_near)
			strcpy(call->stranger, endpoint);
	}
	call->is_too_late = call->is_there && call->before[0] != '\0';
}

const char *
policy_service_socket(const struct config *config,
    const struct postfix_facts *facts, const struct postfix_service *service)
{
	const char *queue = queue_directory(facts);
	size_t length = strlen(queue);

	for (size_t i = 0; i < config->endpoints.count; i++) {
		const struct endpoint *ours = &config->endpoints.list[i];
		bool is_below;

		if (ours->service != ENDPOINT_POLICY || ours->path == NULL)
			continue;
		is_below = strncmp(ours->path, queue, length) == 0 &&
			   ours->path[length] == '/';
		if (is_below || !postfix_facts_is_chrooted(facts, service))
			return ours->path;
	}
	return NULL;
}

bool
policy_service_name(const struct config *config,
    const struct postfix_facts *facts, const struct postfix_service *service,
    char name[RESTRICTION_SIZE])
{
	const char *queue = queue_directory(facts);
	const char *path = policy_service_socket(config, facts, service);
	size_t length = strlen(queue);

	if (path != NULL) {
		bool is_below =
		    strncmp(path, queue, length) == 0 && path[length] == '/';

		snprintf(name, RESTRICTION_SIZE, "unix:%s",
		    is_below ? path + length + 1 : path);
		return true;
	}
	for (size_t i = 0; i < config->endpoints.count; i++) {
		const struct endpoint *ours = &config->endpoints.list[i];

		if (ours->service == ENDPOINT_POLICY && ours->path == NULL) {
			snprintf(name, RESTRICTION_SIZE, "%s", ours->text);
			return true;
		}
	}
	return false;
}

int64_t
policy_service_patience_s(const struct policy_service *call)
{
	return call->tries * call->timeout_s +
	       (call->tries - 1) * call->delay_s;
}
