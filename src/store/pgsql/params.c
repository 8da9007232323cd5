/*
 * params.c -- the parameters of a statement as PostgreSQL reads them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/params.h"

#include "base/mem.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
params_clear(struct params *params)
{
	params->length = 0;
	params->count = 0;
}

void
params_free(struct params *params)
{
	free(params->bytes);
	memset(params, 0, sizeof(*params));
}

static void
add(struct params *params, const char *bytes, size_t length)
{
	if (params->length + length > params->room) {
		params->room = (params->length + length) * 2 + 1024;
		params->bytes = mem_grow(params->bytes, params->room, 1);
	}
	memcpy(params->bytes + params->length, bytes, length);
	params->length += length;
}

static void
begin(struct params *params)
{
	assert(params->count < PARAMS_MAX);
	params->start[params->count++] = params->length;
}

void
params_null(struct params *params)
{
	begin(params);
	params->start[params->count - 1] = SIZE_MAX;
}

void
params_text(struct params *params, const char *text)
{
	if (text == NULL) {
		params_null(params);
		return;
	}
	begin(params);
	add(params, text, strlen(text) + 1);
}

void
params_number(struct params *params, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, number);
	params_text(params, text);
}

const char *const *
params_values(struct params *params)
{
	for (size_t i = 0; i < params->count; i++)
		params->values[i] = params->start[i] == SIZE_MAX ? NULL :
		    params->bytes + params->start[i];
	return params->values;
}
