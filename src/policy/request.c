/*
 * request.c -- the attributes of one policy request. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/request.h"

#include <string.h>

static const struct {
	const char *name;
	size_t place;
} attributes[] = {
	{ "request", offsetof(struct request, request) },
	{ "protocol_state", offsetof(struct request, protocol_state) },
	{ "client_address", offsetof(struct request, client_address) },
	{ "sasl_username", offsetof(struct request, sasl_username) },
	{ "sender", offsetof(struct request, sender) },
	{ "recipient", offsetof(struct request, recipient) },
	{ "recipient_count", offsetof(struct request, recipient_count) },
	{ "instance", offsetof(struct request, instance) },
	{ "queue_id", offsetof(struct request, queue_id) },
};
enum { ATTRIBUTES = sizeof(attributes) / sizeof(attributes[0]) };

static const char **
value_of(struct request *request, size_t i)
{
	return (const char **)(void *)((char *)request + attributes[i].place);
}

size_t
request_length(const char *bytes, size_t length, size_t seen)
{
	const char *from;
	const char *end;

	if (length > 0 && bytes[0] == '\n')
		return 1; /* an empty line alone: a request without any */
	/* The end may lie across what was seen and what is new. */
	from = bytes + (seen > 0 ? seen - 1 : 0);
	while ((end = memchr(from, '\n', (size_t)(bytes + length - from))) !=
	    NULL) {
		if (end + 1 < bytes + length && end[1] == '\n')
			return (size_t)(end + 2 - bytes);
		from = end + 1;
	}
	return 0;
}

const char *
request_mistake(const char *bytes, size_t length)
{
	static const char http[] = " HTTP/1.";
	const char *end = length == 0 ? NULL : memchr(bytes, '\n', length);
	size_t line = end == NULL ? 0 : (size_t)(end - bytes);

	if (length > 0 && bytes[0] == 0x16)
		return "TLS, which is not spoken here";
	for (size_t i = 0; i + sizeof(http) - 1 < line; i++)
		if (memcmp(bytes + i, http, sizeof(http) - 1) == 0)
			return "HTTP, which is spoken at http.listen";
	if (line > 0 && bytes[line - 1] == '\r')
		return "a line that ends with CR LF, not with LF alone";
	if (line > 0 && memchr(bytes, '=', line) == NULL)
		return "a line without \"=\"";
	return NULL;
}

static void
take(struct request *request, const char *name, const char *value)
{
	for (size_t i = 0; i < ATTRIBUTES; i++)
		if (strcmp(attributes[i].name, name) == 0) {
			*value_of(request, i) = value;
			return;
		}
}

const char *
request_parse(char *bytes, size_t length, struct request *request, size_t *at)
{
	char *end = bytes + length - 1; /* the empty line */

	for (size_t i = 0; i < ATTRIBUTES; i++)
		*value_of(request, i) = "";
	*at = 0;
	if (memchr(bytes, '\0', length) != NULL) {
		*at = (size_t)((char *)memchr(bytes, '\0', length) - bytes);
		return "a NUL byte";
	}
	for (char *line = bytes; line < end;) {
		char *stop = memchr(line, '\n', (size_t)(end - line));
		char *equals;

		*at = (size_t)(line - bytes);
		if (stop == NULL)
			return "a line without its end";
		*stop = '\0';
		equals = strchr(line, '=');
		if (equals == NULL)
			return "a line without \"=\"";
		*equals = '\0';
		take(request, line, equals + 1);
		line = stop + 1;
	}
	*at = 0;
	if (strcmp(request->request, "smtpd_access_policy") != 0)
		return "not request=smtpd_access_policy";
	return NULL;
}
