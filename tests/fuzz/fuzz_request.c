/*
 * fuzz_request.c -- any bytes as requests, split anywhere; answers are lines.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/reply.h"
#include "policy/request.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Whatever the account is, the answer stays one line. */
static void
answer(const struct request *request)
{
	struct login login = { .country = "" };
	struct finding finding = { .cause = CAUSE_COUNTRIES };
	char text[REPLY_SIZE];

	reply_format("REJECT ${account} ${reason} ${until}",
	    request->sasl_username, &login, &finding, text);
	for (const char *c = text; *c != '\0'; c++)
		assert((unsigned char)*c >= ' ' && *c != 0x7f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	size_t split = size > 0 ? data[0] % (size + 1) : 0;
	struct request request;
	size_t length = request_length(bytes, size, 0);
	size_t at;
	char *copy;

	/* Where it is split makes no difference. */
	if (request_length(bytes, split, 0) == 0)
		assert(request_length(bytes, size, split) == length);
	if (length == 0)
		return 0;
	assert(length <= size);
	copy = malloc(length);
	if (copy == NULL)
		return 0;
	memcpy(copy, bytes, length);
	if (request_parse(copy, length, &request, &at) == NULL)
		answer(&request);
	assert(at < length);
	free(copy);
	return 0;
}
