/*
 * account_text.c -- an account's places and instances as its row holds them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/account_state.h"

#include <string.h>

/* Fields have one width, so that SQL finds them: views.sql counts on it. */
enum { ASN_DIGITS = 10, TIME_DIGITS = 13, MAILS_DIGITS = 10 };

/* Write a number with so many digits; a request has several, and printf(3)
 * takes its time. */
static char *
put_number(char *at, uint64_t number, int digits)
{
	for (int i = digits; i-- > 0; number /= 10)
		at[i] = (char)('0' + number % 10);
	return at + digits;
}

static char *
put_place(char *at, const struct place *place)
{
	addr_format(&place->network, at);
	at += strlen(at);
	*at++ = ' ';
	memcpy(at, place->country[0] != '\0' ? place->country : "--", 2);
	at += 2;
	*at++ = ' ';
	at = put_number(at, place->asn, ASN_DIGITS);
	*at++ = ' ';
	at = put_number(at, (uint64_t)place->last_ms, TIME_DIGITS);
	*at++ = ' ';
	at = put_number(at, (uint64_t)place->written_ms, TIME_DIGITS);
	*at++ = ' ';
	at = put_number(at, place->pending, MAILS_DIGITS);
	*at++ = '\n';
	return at;
}

size_t
state_put_places(const struct account_state *state,
    char text[PLACES_TEXT_SIZE])
{
	char *at = text;

	for (size_t i = 0; i < state->place_count; i++) {
		struct place place = state->places[i];

		if (place.is_gone)
			continue;
		if (place.is_due) {
			place.written_ms = place.last_ms;
			place.pending = 0;
		}
		at = put_place(at, &place);
	}
	if (at > text)
		at--; /* none behind the last */
	*at = '\0';
	return (size_t)(at - text);
}

/* Read a number and the byte behind it; -1: there is none. */
static int64_t
take_number(const char **at, char behind)
{
	int64_t number = 0;
	const char *start = *at;

	while (**at >= '0' && **at <= '9' && number < INT64_MAX / 10 - 1)
		number = number * 10 + (*(*at)++ - '0');
	if (*at == start || (**at != behind && **at != '\0'))
		return -1;
	if (**at != '\0')
		(*at)++;
	return number;
}

static bool
take_place(const char **line, struct place *place)
{
	char network[ADDR_TEXT_SIZE];
	size_t length = strcspn(*line, " \n");
	const char *at = *line + length;
	int64_t asn, pending;

	memset(place, 0, sizeof(*place));
	if (*at != ' ' || length >= sizeof(network))
		return false;
	memcpy(network, *line, length);
	network[length] = '\0';
	at++;
	if (strcspn(at, " \n") != 2)
		return false;
	if (at[0] != '-')
		memcpy(place->country, at, 2);
	at += 2;
	if (*at++ != ' ' || addr_parse(network, &place->network) != 0)
		return false;
	asn = take_number(&at, ' ');
	place->last_ms = take_number(&at, ' ');
	place->written_ms = take_number(&at, ' ');
	pending = take_number(&at, '\n');
	if (asn < 0 || asn > UINT32_MAX || place->last_ms < 0 ||
	    place->written_ms < 0 || pending < 0 || pending > UINT32_MAX)
		return false;
	place->asn = (uint32_t)asn;
	place->pending = (uint32_t)pending;
	*line = at;
	return true;
}

void
state_take_places(struct account_state *state, const char *text)
{
	state->place_count = 0;
	while (*text != '\0') {
		struct place *place = &state->places[state->place_count];

		if (state->place_count < PLACES_MAX &&
		    take_place(&text, place)) {
			state->place_count++;
			continue;
		}
		/* Somebody else's: the table of logins has it. */
		state->complete_ms = INT64_MAX;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
}

size_t
state_put_instances(const struct account_state *state,
    uint8_t bytes[INSTANCES_BYTES])
{
	for (size_t i = 0; i < state->instance_count; i++)
		for (int k = 0; k < 8; k++)
			*bytes++ = (uint8_t)((uint64_t)state->instances[i] >>
			    (8 * k));
	return 8 * state->instance_count;
}

void
state_take_instances(struct account_state *state, const uint8_t *bytes,
    size_t length)
{
	state->instance_count = length / 8 < NUMBERS_MAX ? length / 8 :
							   NUMBERS_MAX;
	for (size_t i = 0; i < state->instance_count; i++) {
		uint64_t number = 0;

		for (int k = 0; k < 8; k++)
			number |= (uint64_t)*bytes++ << (8 * k);
		state->instances[i] = (int64_t)number;
	}
}
