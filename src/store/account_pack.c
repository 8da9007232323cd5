/*
 * account_pack.c -- an account's state as bytes, for processes of one host.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/account_state.h"

#include <string.h>

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

size_t
state_pack(const struct account_state *state, uint8_t *bytes, size_t room)
{
	uint8_t history[HISTORY_BYTES_MAX];
	struct head head;
	const size_t rings = state->rates.count * sizeof(struct rate_ring);
	const size_t instances = state->instance_count * sizeof(int64_t);
	const size_t places = state->place_count * sizeof(struct place);
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
	at += put(at, state->places, places);
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
	at = take(at, state->places, head.places * sizeof(struct place));
	history_unpack(&state->history, at, head.history);
}
