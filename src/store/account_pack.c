/*
 * account_pack.c -- an account's state as bytes, for processes of one host.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/account_state.h"

#include <string.h>

/* Of a place, but for its address: see put_place. */
enum { PLACE_BYTES = 3 + 3 + 4 + 8 + 8 + 4 };

/* What has one size, and how much of the rest follows it. */
struct head {
	int64_t version, since_ms, blocked_until_ms, seen_ms, rated_ms;
	int64_t complete_ms, last_instance;
	uint32_t rules, instances, places, history;
	bool is_known;
};

static size_t
put(uint8_t *at, const void *bytes, size_t length)
{
	if (length > 0)
		memcpy(at, bytes, length);
	return length;
}

/* Many of them are to find room: none of the padding, and of an address what
 * there is. */
static uint8_t *
put_place(uint8_t *at, const struct place *place)
{
	*at++ = place->network.bits;
	*at++ = place->network.prefix;
	*at++ = (uint8_t)(place->is_due | place->is_gone << 1);
	at += put(at, place->network.bytes, place->network.bits / 8);
	at += put(at, place->country, sizeof(place->country));
	at += put(at, &place->asn, sizeof(place->asn));
	at += put(at, &place->last_ms, sizeof(place->last_ms));
	at += put(at, &place->written_ms, sizeof(place->written_ms));
	at += put(at, &place->pending, sizeof(place->pending));
	return at;
}

static size_t
length_of_places(const struct account_state *state)
{
	size_t length = state->place_count * PLACE_BYTES;

	for (size_t i = 0; i < state->place_count; i++)
		length += state->places[i].network.bits / 8;
	return length;
}

size_t
state_pack(const struct account_state *state, uint8_t *bytes, size_t room)
{
	uint8_t history[HISTORY_BYTES_MAX];
	struct head head;
	const size_t rings = state->rates.count * sizeof(struct rate_ring);
	const size_t instances = state->instance_count * sizeof(int64_t);
	const size_t places = length_of_places(state);
	const size_t length = history_pack(&state->history, history);
	uint8_t *at = bytes;

	if (sizeof(head) + rings + instances + places + length > room)
		return 0;
	memset(&head, 0, sizeof(head)); /* what is between, too */
	head.version = state->version;
	head.since_ms = state->since_ms;
	head.blocked_until_ms = state->blocked_until_ms;
	head.seen_ms = state->seen_ms;
	head.rated_ms = state->rated_ms;
	head.complete_ms = state->complete_ms;
	head.last_instance = state->last_instance;
	head.rules = (uint32_t)state->rates.count;
	head.instances = (uint32_t)state->instance_count;
	head.places = (uint32_t)state->place_count;
	head.history = (uint32_t)length;
	head.is_known = state->is_known;
	at += put(at, &head, sizeof(head));
	at += put(at, state->rates.list, rings);
	at += put(at, state->instances, instances);
	for (size_t i = 0; i < state->place_count; i++)
		at = put_place(at, &state->places[i]);
	at += put(at, history, length);
	return (size_t)(at - bytes);
}

static const uint8_t *
take(const uint8_t *at, void *bytes, size_t length)
{
	if (length > 0)
		memcpy(bytes, at, length);
	return at + length;
}

static const uint8_t *
take_place(const uint8_t *at, struct place *place)
{
	memset(place, 0, sizeof(*place));
	place->network.bits = *at++;
	place->network.prefix = *at++;
	place->is_due = *at & 1;
	place->is_gone = *at++ >> 1;
	at = take(at, place->network.bytes, place->network.bits / 8);
	at = take(at, place->country, sizeof(place->country));
	at = take(at, &place->asn, sizeof(place->asn));
	at = take(at, &place->last_ms, sizeof(place->last_ms));
	at = take(at, &place->written_ms, sizeof(place->written_ms));
	return take(at, &place->pending, sizeof(place->pending));
}

void
state_unpack(struct account_state *state, const uint8_t *bytes)
{
	struct head head;
	const uint8_t *at = take(bytes, &head, sizeof(head));

	state->is_known = head.is_known;
	state->version = head.version;
	state->since_ms = head.since_ms;
	state->blocked_until_ms = head.blocked_until_ms;
	state->seen_ms = head.seen_ms;
	state->rated_ms = head.rated_ms;
	state->complete_ms = head.complete_ms;
	state->last_instance = head.last_instance;
	state->rates.count = head.rules;
	state->instance_count = head.instances;
	state->place_count = head.places;
	at = take(at, state->rates.list, head.rules *
	    sizeof(struct rate_ring));
	at = take(at, state->instances, head.instances * sizeof(int64_t));
	for (size_t i = 0; i < state->place_count; i++)
		at = take_place(at, &state->places[i]);
	history_unpack(&state->history, at, head.history);
}
