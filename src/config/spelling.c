/*
 * spelling.c -- names of keys: find them, and what a wrong one was meant to be.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/spelling.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
	LONGEST = KEYS_VARIABLE_SIZE,
	/* So many slips of the finger make a key another one. */
	SLIPS_IN_KEY = 3,
	SLIPS_IN_VARIABLE = 2,
};

/* Keys that have another name now; the older one goes on working. */
static const struct {
	const char *was, *is;
} renamed[] = {
	/* "on" is "true" to YAML 1.1. */
	{ "notify.on", "notify.events" },
};
enum { RENAMED = sizeof(renamed) / sizeof(renamed[0]) };

const struct key *
spelling_find(const char *key)
{
	for (size_t i = 0; i < RENAMED; i++)
		if (strcmp(renamed[i].was, key) == 0)
			key = renamed[i].is;
	for (const struct key *o = keys; o->key != NULL; o++)
		if (strcmp(o->key, key) == 0)
			return o;
	return NULL;
}

bool
spelling_is_section(const char *name)
{
	size_t length = strlen(name);

	for (const struct key *o = keys; o->key != NULL; o++)
		if (strncmp(o->key, name, length) == 0 && o->key[length] == '.')
			return true;
	return false;
}

static unsigned
least_of(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;

	return least < c ? least : c;
}

/* How many letters must be put in, left out or changed (Levenshtein). */
static unsigned
distance(const char *a, const char *b)
{
	unsigned row[LONGEST + 1];
	size_t width = strlen(b);

	if (strlen(a) > LONGEST || width > LONGEST)
		return LONGEST;
	for (size_t i = 0; i <= width; i++)
		row[i] = (unsigned)i;
	for (size_t line = 0; a[line] != '\0'; line++) {
		unsigned corner = row[0];

		row[0] = (unsigned)line + 1;
		for (size_t i = 0; i < width; i++) {
			unsigned change = corner + (a[line] != b[i]);

			corner = row[i + 1];
			row[i + 1] = least_of(change, corner + 1, row[i] + 1);
		}
	}
	return row[width];
}

static const char *
last_part(const char *key)
{
	const char *dot = strrchr(key, '.');

	return dot == NULL ? key : dot + 1;
}

/* Take the first `length` letters of a key if they are nearer than *slips. */
static void
consider(const char *wanted, const char *key, size_t length, unsigned *slips,
    char nearest[KEYS_NAME_SIZE])
{
	char name[KEYS_NAME_SIZE];
	unsigned away;

	snprintf(name, sizeof(name), "%.*s", (int)length, key);
	away = distance(wanted, name);
	if (away >= *slips || away >= strlen(wanted))
		return;
	*slips = away;
	memcpy(nearest, name, sizeof(name));
}

/* The right name in the wrong section: take the nearest such key. */
static bool
find_namesake(const char *wanted, char nearest[KEYS_NAME_SIZE])
{
	unsigned slips = LONGEST + 1;

	for (const struct key *o = keys; o->key != NULL; o++) {
		unsigned away = distance(wanted, o->key);

		if (away >= slips ||
		    strcmp(last_part(o->key), last_part(wanted)) != 0)
			continue;
		slips = away;
		snprintf(nearest, KEYS_NAME_SIZE, "%s", o->key);
	}
	return slips <= LONGEST;
}

const char *
spelling_nearest(const char *key, char nearest[KEYS_NAME_SIZE])
{
	unsigned slips = SLIPS_IN_KEY + 1;
	char namesake[KEYS_NAME_SIZE];
	bool is_far;

	for (const struct key *o = keys; o->key != NULL; o++) {
		const char *dot = o->key;

		consider(key, o->key, strlen(o->key), &slips, nearest);
		for (; (dot = strchr(dot, '.')) != NULL; dot++)
			consider(key, o->key, (size_t)(dot - o->key), &slips,
			    nearest);
	}
	/* "server.url" is nearer to server.user, but is not half of it. */
	is_far = slips > SLIPS_IN_KEY || slips * 2 >= strlen(last_part(key));
	if (is_far && find_namesake(key, namesake))
		memcpy(nearest, namesake, sizeof(namesake));
	else if (slips > SLIPS_IN_KEY)
		return NULL;
	return nearest;
}

const char *
spelling_variable(const struct key *option, char variable[KEYS_VARIABLE_SIZE])
{
	snprintf(variable, KEYS_VARIABLE_SIZE, "POLICYD_%s", option->key);
	for (char *c = variable; *c != '\0'; c++)
		*c = *c == '.' ? '_' : (char)toupper((unsigned char)*c);
	return variable;
}

const struct key *
spelling_of_variable(
    const char *variable, size_t length, const struct key **nearest)
{
	char wanted[KEYS_VARIABLE_SIZE];
	char name[KEYS_VARIABLE_SIZE];

	*nearest = NULL;
	if (length >= sizeof(wanted))
		return NULL;
	memcpy(wanted, variable, length);
	wanted[length] = '\0';
	for (size_t i = 0; i < RENAMED; i++) {
		const struct key older = { .key = renamed[i].was };

		if (strcmp(spelling_variable(&older, name), wanted) == 0)
			return spelling_find(renamed[i].is);
	}
	for (const struct key *o = keys; o->key != NULL; o++) {
		unsigned away = distance(wanted, spelling_variable(o, name));

		if (away == 0)
			return o;
		if (away <= SLIPS_IN_VARIABLE && *nearest == NULL)
			*nearest = o;
	}
	return NULL;
}
