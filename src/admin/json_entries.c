/*
 * json_entries.c -- a long list in JSON, one entry after the other. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/json_entries.h"

#include <stdio.h>
#include <string.h>

void
entries_begin(struct entries *entries, const char *text, size_t length,
    const char *key)
{
	memset(entries, 0, sizeof(*entries));
	entries->at = text;
	entries->end = text + length;
	entries->key = key;
}

static json_t *
fail(struct entries *entries, const char *why)
{
	snprintf(entries->why, sizeof(entries->why), "%s", why);
	return NULL;
}

static void
skip_blank(struct entries *entries)
{
	while (entries->at < entries->end &&
	    memchr(" \t\r\n", *entries->at, 4) != NULL)
		entries->at++;
}

/* Is the next byte this one? Then pass it. */
static bool
passes(struct entries *entries, char byte)
{
	skip_blank(entries);
	if (entries->at == entries->end || *entries->at != byte)
		return false;
	entries->at++;
	return true;
}

/* Behind the string that begins here, or NULL if it does not end. */
static const char *
behind_string(const char *at, const char *end)
{
	for (at++; at < end; at++) {
		if (*at == '\\')
			at++;
		else if (*at == '"')
			return at + 1;
	}
	return NULL;
}

/* Behind the value that begins here, whatever is in it; NULL: no end. */
static const char *
behind_value(const char *at, const char *end)
{
	size_t depth = 0;

	while (at != NULL && at < end) {
		if (*at == '"') {
			at = behind_string(at, end);
		} else if (*at == '{' || *at == '[') {
			depth++;
			at++;
		} else if (*at == '}' || *at == ']') {
			/* That of what surrounds it. */
			if (depth == 0)
				return at;
			depth--;
			at++;
		} else if (depth == 0 &&
		    memchr(", \t\r\n", *at, 5) != NULL) {
			return at;
		} else {
			at++;
			continue;
		}
		if (depth == 0)
			return at;
	}
	return depth == 0 ? at : NULL;
}

static json_t *
take_value(struct entries *entries)
{
	const char *begin;
	const char *end;
	json_error_t error;
	json_t *value;
	size_t length;

	skip_blank(entries);
	begin = entries->at;
	end = behind_value(begin, entries->end);
	if (end == NULL)
		return fail(entries, "the text ends within a value");
	length = (size_t)(end - begin);
	if (length > ENTRIES_VALUE_MAX)
		return fail(entries, "a value has more than 65536 bytes");
	value = json_loadb(begin, length,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (value == NULL)
		return fail(entries, error.text);
	entries->at = end;
	return value;
}

/* Pass members until the list has begun or the object is over. */
static void
pass_members(struct entries *entries)
{
	while (!entries->is_in_list && entries->why[0] == '\0') {
		json_t *name;
		bool is_list;

		if (passes(entries, '}')) {
			entries->is_over = true;
			return;
		}
		if (entries->has_begun && !passes(entries, ',')) {
			fail(entries, "',' or '}' is missing");
			return;
		}
		entries->has_begun = true;
		name = take_value(entries);
		is_list = json_is_string(name) &&
		    strcmp(json_string_value(name), entries->key) == 0;
		if (name == NULL)
			return;
		if (!json_is_string(name) || !passes(entries, ':'))
			fail(entries, "a name and ':' are missing");
		else if (is_list && entries->has_list)
			fail(entries, "the list is there twice");
		else if (is_list && !passes(entries, '['))
			fail(entries, "what has to be a list is none");
		else if (is_list)
			entries->has_list = entries->is_in_list = true;
		else
			json_decref(take_value(entries));
		json_decref(name);
	}
}

/* The list may be over; the next entry has a comma before it. */
static json_t *
next_of_list(struct entries *entries)
{
	const char *before = entries->at;

	/* Is it the first? Then '[' was the last byte that passed. */
	if (before[-1] == '[') {
		if (!passes(entries, ']'))
			return take_value(entries);
	} else if (passes(entries, ',')) {
		return take_value(entries);
	} else if (!passes(entries, ']')) {
		return fail(entries, "',' or ']' is missing");
	}
	entries->is_in_list = false;
	return NULL;
}

json_t *
entries_next(struct entries *entries)
{
	json_t *entry = NULL;

	if (entries->why[0] != '\0' || entries->is_over)
		return NULL;
	if (!entries->has_begun && !passes(entries, '{'))
		return fail(entries, "it is no JSON object");
	while (entry == NULL && entries->why[0] == '\0' &&
	    !entries->is_over) {
		if (entries->is_in_list)
			entry = next_of_list(entries);
		else
			pass_members(entries);
	}
	if (!entries->is_over)
		return entry;
	skip_blank(entries);
	if (entries->at < entries->end)
		return fail(entries, "something follows the object");
	if (!entries->has_list)
		return fail(entries, "the list is missing");
	return NULL;
}
