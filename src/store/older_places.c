/*
 * older_places.c -- places that an account's row has no room for, counted.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/older_places.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
older_clear(struct older_places *older)
{
	free(older->groups);
	memset(older, 0, sizeof(*older));
}

static int
by_group(const void *a, const void *b)
{
	const struct place *one = a;
	const struct place *other = b;
	int order = strcmp(one->country, other->country);

	return order != 0 ? order :
	    (one->asn > other->asn) - (one->asn < other->asn);
}

static bool
is_of(const struct older_group *group, const struct place *place)
{
	return group->asn == place->asn &&
	    strcmp(group->country, place->country) == 0;
}

static struct older_group *
add_group(struct older_places *older, const char *country, uint32_t asn)
{
	struct older_group *group;

	if (older->count == older->room) {
		older->room = older->room * 2 + 16;
		older->groups = mem_grow(older->groups, older->room,
		    sizeof(*older->groups));
	}
	group = &older->groups[older->count++];
	memset(group, 0, sizeof(*group));
	/* Many at a time: snprintf(3) takes longer than all the rest. */
	memcpy(group->country, country, strnlen(country, 2));
	group->asn = asn;
	return group;
}

static void
add_to(struct older_places *older, struct older_group *group,
    const struct place *place)
{
	group->networks++;
	older->networks++;
	if (place->last_ms < older->oldest_ms)
		older->oldest_ms = place->last_ms;
}

void
older_count(struct older_places *older, struct place *places, size_t count,
    int64_t now_ms)
{
	struct older_group *group = NULL;

	older->is_counted = true;
	older->is_changed = count > 0;
	older->oldest_ms = INT64_MAX;
	older->counted_ms = now_ms;
	older->networks = 0;
	older->count = 0;
	if (count > 0)
		qsort(places, count, sizeof(*places), by_group);
	for (size_t i = 0; i < count; i++) {
		if (group == NULL || !is_of(group, &places[i]))
			group = add_group(older, places[i].country,
			    places[i].asn);
		add_to(older, group, &places[i]);
	}
}

static struct older_group *
find_group(const struct older_places *older, const struct place *place)
{
	for (size_t i = 0; i < older->count; i++)
		if (is_of(&older->groups[i], place))
			return &older->groups[i];
	return NULL;
}

void
older_add(struct older_places *older, const struct place *place)
{
	struct older_group *group = find_group(older, place);

	if (group == NULL)
		group = add_group(older, place->country, place->asn);
	add_to(older, group, place);
	older->is_changed = true;
}

void
older_take(struct older_places *older, const struct place *place)
{
	struct older_group *group = find_group(older, place);

	/* What was too old to be counted is not there. */
	if (group == NULL || place->last_ms < older->oldest_ms)
		return;
	group->networks--;
	older->networks--;
	if (group->networks == 0)
		*group = older->groups[--older->count];
	older->is_changed = true;
}

/* --- as text ------------------------------------------------------------- */

enum {
	HEAD_SIZE = 4 * 21 + 1,
	GROUP_SIZE = 3 + 11 + 11,
};

/* A blank and a number: printf(3) takes its time, and there may be many. */
static char *
put_number(char *at, uint32_t number)
{
	char digits[10];
	size_t count = 0;

	do
		digits[count++] = (char)('0' + number % 10);
	while ((number /= 10) != 0);
	*at++ = ' ';
	while (count > 0)
		*at++ = digits[--count];
	return at;
}

/* "complete oldest counted lost", and a line for each group: "DE 64500 17",
 * "--" for a country that is not known. */
char *
older_text(const struct older_places *older, int64_t complete_ms)
{
	size_t size = HEAD_SIZE + older->count * GROUP_SIZE;
	char *text = mem_new(size, 1);
	char *at = text + snprintf(text, size,
	    "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64, complete_ms,
	    older->oldest_ms, older->counted_ms, older->lost_ms);

	for (size_t i = 0; i < older->count; i++) {
		const struct older_group *group = &older->groups[i];

		*at++ = '\n';
		memcpy(at, group->country[0] != '\0' ? group->country : "--",
		    2);
		at = put_number(at + 2, group->asn);
		at = put_number(at, group->networks);
	}
	*at = '\0';
	return text;
}

/* A number, and what is behind it; 0 if there is none. */
static uint32_t
take_number(const char **at)
{
	uint32_t number = 0;

	for (; **at >= '0' && **at <= '9'; (*at)++)
		number = number * 10 + (uint32_t)(**at - '0');
	return number;
}

/* Read a group and what is behind it; false: that is none. */
static bool
read_group(struct older_places *older, const char **at)
{
	struct older_group group = { .asn = 0 };
	const char *end = *at;

	if (end[0] == '\0' || end[1] == '\0' || end[2] != ' ')
		return false;
	if (end[0] != '-')
		memcpy(group.country, end, 2);
	end += 3;
	group.asn = take_number(&end);
	if (*end++ != ' ')
		return false;
	group.networks = take_number(&end);
	if ((*end != '\n' && *end != '\0') || group.networks == 0)
		return false;
	*at = *end == '\n' ? end + 1 : end;
	older->networks += group.networks;
	add_group(older, group.country, group.asn)->networks = group.networks;
	return true;
}

void
older_read(struct older_places *older, const char *text, int64_t complete_ms)
{
	int64_t of_ms;
	int length = 0;

	older_clear(older);
	if (sscanf(text, "%" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 "%n",
		&of_ms, &older->oldest_ms, &older->counted_ms,
		&older->lost_ms, &length) != 4 || of_ms != complete_ms)
		return;
	text += length;
	if (*text == '\n')
		text++;
	while (*text != '\0')
		if (!read_group(older, &text)) {
			older_clear(older);
			return;
		}
	older->is_counted = true;
}
