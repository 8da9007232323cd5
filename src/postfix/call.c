/*
 * call.c -- where Postfix calls policyd from, and if that is us. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "postfix/call.h"

#include <stdio.h>
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
		snprintf(file, RESTRICTION_SIZE, "%s%s",
		    queue_directory(facts), path);
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

/* Is "host:port" the same, or does ours listen on all addresses? */
static bool
is_same_port(const char *ours, const char *theirs)
{
	const char *port = strrchr(ours, ':');
	const char *other = strrchr(theirs, ':');

	if (port == NULL || other == NULL || strcmp(port, other) != 0)
		return false;
	return strcasecmp(ours, theirs) == 0 ||
	    strncmp(ours, "0.0.0.0:", 8) == 0 ||
	    strncmp(ours, "[::]:", 5) == 0 || ours[0] == ':' ||
	    strncasecmp(theirs, "localhost:", 10) == 0;
}

/* Does an endpoint lead to one of our sockets? is_near: it looks like it. */
static bool
is_ours(const struct config *config, const struct postfix_facts *facts,
    const struct postfix_service *service, const char *endpoint,
    bool *is_near)
{
	char file[RESTRICTION_SIZE];

	*is_near = false;
	for (size_t i = 0; i < config->listen.count; i++) {
		const char *listen = config->listen.list[i];

		if (strncmp(listen, "unix:", 5) == 0 &&
		    strncmp(endpoint, "unix:", 5) == 0) {
			resolve(facts, service, endpoint + 5, file);
			if (strcmp(file, listen + 5) == 0)
				return true;
			*is_near |= strcmp(base(file), base(listen)) == 0;
		} else if (strncmp(listen, "inet:", 5) == 0 &&
		    strncmp(endpoint, "inet:", 5) == 0 &&
		    is_same_port(listen + 5, endpoint + 5)) {
			return true;
		}
	}
	return false;
}

/* Does this answer let mail pass while policyd is away? */
static bool
lets_pass(const char *action)
{
	return strcasecmp(action, "DUNNO") == 0 ||
	    strcasecmp(action, "OK") == 0 || strcasecmp(action, "PERMIT") == 0;
}

/* Take "unix:path" or "{ unix:path, default_action=DUNNO, ... }" apart. */
static bool
read_call(const char *word, char endpoint[RESTRICTION_SIZE], bool *is_soft)
{
	char inner[RESTRICTION_SIZE];
	char option[RESTRICTION_SIZE];
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
	while (postfix_next_word(&rest, option)) {
		/* Also "default_action = DUNNO", in three words. */
		static const char name[] = "default_action";
		const char *value = option + strlen(name);

		if (strncmp(option, name, strlen(name)) != 0)
			continue;
		while (*value == '=' ||
		    (*value == '\0' && postfix_next_word(&rest, option)))
			value = *value == '=' ? value + 1 : option;
		*is_soft = lets_pass(value);
	}
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
postfix_call_find(const struct config *config,
    const struct postfix_facts *facts, const struct postfix_service *service,
    enum postfix_list list, struct postfix_call *call)
{
	const char *rest = postfix_facts_get(facts, service,
	    postfix_lists[list], NULL);
	bool is_soft = lets_pass(postfix_facts_get(facts, service,
	    "smtpd_policy_service_default_action", NULL));
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
		call->is_soft = is_soft;
		if (!read_call(word, endpoint, &call->is_soft))
			continue;
		call->is_there = is_ours(config, facts, service, endpoint,
		    &is_near);
		if (is_near)
			strcpy(call->stranger, endpoint);
	}
	call->is_too_late = call->is_there && call->before[0] != '\0';
}

const char *
postfix_call_socket(const struct config *config,
    const struct postfix_facts *facts, const struct postfix_service *service)
{
	const char *queue = queue_directory(facts);
	size_t length = strlen(queue);

	for (size_t i = 0; i < config->listen.count; i++) {
		const char *listen = config->listen.list[i];
		bool is_below;

		if (strncmp(listen, "unix:", 5) != 0)
			continue;
		is_below = strncmp(listen + 5, queue, length) == 0 &&
		    listen[5 + length] == '/';
		if (is_below || !postfix_facts_is_chrooted(facts, service))
			return listen + 5;
	}
	return NULL;
}

bool
postfix_call_name(const struct config *config,
    const struct postfix_facts *facts, const struct postfix_service *service,
    char name[RESTRICTION_SIZE])
{
	const char *queue = queue_directory(facts);
	const char *path = postfix_call_socket(config, facts, service);
	size_t length = strlen(queue);

	if (path != NULL) {
		bool is_below = strncmp(path, queue, length) == 0 &&
		    path[length] == '/';

		snprintf(name, RESTRICTION_SIZE, "unix:%s",
		    is_below ? path + length + 1 : path);
		return true;
	}
	for (size_t i = 0; i < config->listen.count; i++)
		if (strncmp(config->listen.list[i], "inet:", 5) == 0) {
			snprintf(name, RESTRICTION_SIZE, "%s",
			    config->listen.list[i]);
			return true;
		}
	return false;
}
