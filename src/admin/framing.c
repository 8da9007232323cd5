/*
 * framing.c -- is it clear where a request ends?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* strcasecmp */
#include "admin/framing.h"

#include <microhttpd.h>
#include <string.h>
#include <strings.h>

struct headers {
	unsigned lengths, encodings, hosts;
	const char *encoding;
};

static enum MHD_Result
note(void *opaque, enum MHD_ValueKind kind, const char *name,
    const char *value)
{
	struct headers *headers = opaque;

	(void)kind;
	headers->lengths += strcasecmp(name, "Content-Length") == 0;
	headers->hosts += strcasecmp(name, "Host") == 0;
	if (strcasecmp(name, "Transfer-Encoding") == 0) {
		headers->encodings++;
		headers->encoding = value;
	}
	return MHD_YES;
}

const char *
framing_problem(struct MHD_Connection *connection)
{
	struct headers headers = { .lengths = 0 };

	MHD_get_connection_values(connection, MHD_HEADER_KIND, note, &headers);
	if (headers.lengths > 1)
		return "there is more than one Content-Length";
	if (headers.lengths > 0 && headers.encodings > 0)
		return "there are Content-Length and Transfer-Encoding";
	if (headers.encodings > 1 || (headers.encodings == 1 &&
	    (headers.encoding == NULL ||
		strcasecmp(headers.encoding, "chunked") != 0)))
		return "Transfer-Encoding is not chunked";
	if (headers.hosts > 1)
		return "there is more than one Host";
	return NULL;
}
