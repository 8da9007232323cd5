/*
 * request.c -- the attributes of one policy request. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/request.h"

#include <stdbool.h>
#include <string.h>

#define IS(name, wanted) (memcmp(name, wanted, sizeof(wanted) - 1) == 0)

/* Where the value of a name goes; NULL: nowhere. */
static const char **
place_of(struct request *request, const char *name, size_t length)
{
	switch (length) {
	case sizeof("sender") - 1:
		return IS(name, "sender") ? &request->sender : NULL;
	case sizeof("request") - 1:
		return IS(name, "request") ? &request->request : NULL;
	case sizeof("queue_id") - 1:
		return IS(name, "queue_id") ? &request->queue_id :
		    IS(name, "instance")    ? &request->instance :
					      NULL;
	case sizeof("recipient") - 1:
		return IS(name, "recipient") ? &request->recipient : NULL;
	case sizeof("sasl_username") - 1:
		return IS(name, "sasl_username") ? &request->sasl_username :
						   NULL;
	case sizeof("protocol_state") - 1:
		return IS(name, "protocol_state") ? &request->protocol_state :
		    IS(name, "client_address")    ? &request->client_address :
						    NULL;
	case sizeof("recipient_count") - 1:
		return IS(name, "recipient_count") ?
		    &request->recipient_count : NULL;
	default:
		return NULL;
	}
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
	bool is_ours = line > 8 && IS(bytes, "request=");

	if (length > 0 && bytes[0] == 0x16)
		return "TLS, which is not spoken here";
	/* No method of HTTP has a "=", and all of Postfix's begin so. */
	for (size_t i = 0; !is_ours && i + sizeof(http) - 1 < line; i++)
		if (memcmp(bytes + i, http, sizeof(http) - 1) == 0)
			return "HTTP, which is spoken at http.listen";
	if (line > 0 && bytes[line - 1] == '\r')
		return "a line that ends with CR LF, not with LF alone";
	if (line > 0 && memchr(bytes, '=', line) == NULL)
		return "a line without \"=\"";
	return NULL;
}

const char *
request_parse(char *bytes, size_t length, struct request *request, size_t *at)
{
	char *end = bytes + length - 1; /* the empty line */
	const char *nul = memchr(bytes, '\0', length);

	*request = (struct request){ "", "", "", "", "", "", "", "", "" };
	*at = 0;
	if (nul != NULL) {
		*at = (size_t)(nul - bytes);
		return "a NUL byte";
	}
	for (char *line = bytes; line < end;) {
		char *stop = memchr(line, '\n', (size_t)(end - line));
		char *equals;
		const char **place;

		*at = (size_t)(line - bytes);
		if (stop == NULL)
			return "a line without its end";
		equals = memchr(line, '=', (size_t)(stop - line));
		if (equals == NULL)
			return "a line without \"=\"";
		*stop = '\0';
		place = place_of(request, line, (size_t)(equals - line));
		if (place != NULL)
			*place = equals + 1;
		line = stop + 1;
	}
	*at = 0;
	if (strcmp(request->request, "smtpd_access_policy") != 0)
		return "not request=smtpd_access_policy";
	return NULL;
}
