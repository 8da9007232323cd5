/*
 * params.c -- the parameters of a statement as PostgreSQL reads them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/params.h"

#include "base/clock.h"
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

static void
end(struct params *params)
{
	add(params, "", 1);
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

void
params_bool(struct params *params, bool value)
{
	params_text(params, value ? "t" : "f");
}

void
params_limit(struct params *params, uint32_t limit)
{
	if (limit == UNLIMITED)
		params_null(params);
	else
		params_number(params, limit);
}

void
params_addr(struct params *params, const struct addr *addr)
{
	char text[ADDR_TEXT_SIZE];

	params_text(params, addr->bits == 0 ? NULL : addr_format(addr, text));
}

/* An element of an array literal that needs no quotes. */
static void
add_element(struct params *params, size_t i, const char *text)
{
	add(params, i == 0 ? "{" : ",", 1);
	add(params, text, strlen(text));
}

static void
end_array(struct params *params, size_t count)
{
	if (count == 0)
		add(params, "{", 1);
	add(params, "}", 1);
	end(params);
}

void
params_countries(struct params *params, const struct countries *countries,
    bool is_null)
{
	if (countries->count == 0 && is_null) {
		params_null(params);
		return;
	}
	begin(params);
	for (size_t i = 0; i < countries->count; i++)
		add_element(params, i, countries->codes[i]);
	end_array(params, countries->count);
}

void
params_networks(struct params *params, const struct networks *networks,
    bool is_null)
{
	char text[ADDR_TEXT_SIZE];

	if (networks->count == 0 && is_null) {
		params_null(params);
		return;
	}
	begin(params);
	for (size_t i = 0; i < networks->count; i++)
		add_element(params, i, addr_format(&networks->list[i], text));
	end_array(params, networks->count);
}

void
params_names(struct params *params, const char *const *names, size_t count)
{
	begin(params);
	for (size_t i = 0; i < count; i++)
		add_element(params, i, names[i]);
	end_array(params, count);
}

void
params_rates(struct params *params, const struct rates *rates)
{
	char text[48];

	begin(params);
	for (size_t i = 0; i < rates->count; i++) {
		snprintf(text, sizeof(text), "%" PRIu32 ",%" PRIu32,
		    rates->rules[i].mails, rates->rules[i].per_s);
		add_element(params, i, text);
	}
	end_array(params, rates->count);
}

const char *const *
params_values(struct params *params)
{
	for (size_t i = 0; i < params->count; i++)
		params->values[i] = params->start[i] == SIZE_MAX ? NULL :
		    params->bytes + params->start[i];
	return params->values;
}

const char *
pgsql_now(char text[40])
{
	int64_t ms = clock_wall_ms();
	char seconds[24];

	if (!clock_is_set())
		return NULL;
	clock_format(ms, seconds);
	seconds[strlen(seconds) - 1] = '\0';
	snprintf(text, 40, "%s.%03dZ", seconds, (int)(ms % 1000));
	return text;
}
