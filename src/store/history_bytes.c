/*
 * history_bytes.c -- an account's history as its row holds it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A byte that tells the format, then numbers of 7 bits a byte, the lowest
 * first (LEB128), but for peaks, which are IEEE 754, 8 bytes, the lowest first.
 * Format 1 has no week.
 */
#include "store/history.h"

#include <string.h>

enum { FORMAT_OLD = 1, FORMAT, NUMBER_MAX = 10, PEAK_BYTES = 8 };

static uint8_t *
put(uint8_t *at, uint64_t number)
{
	while (number >= 0x80) {
		*at++ = (uint8_t)(number | 0x80);
		number >>= 7;
	}
	*at++ = (uint8_t)number;
	return at;
}

static uint8_t *
put_days(uint8_t *at, const struct days_table *table)
{
	at = put(at, table->count);
	for (size_t i = 0; i < table->count; i++) {
		at = put(at, table->list[i].name);
		at = put(at, table->list[i].bits);
	}
	return at;
}

static uint8_t *
put_sightings(uint8_t *at, const struct sightings *seen)
{
	at = put(at, seen->count);
	for (size_t i = 0; i < seen->count; i++) {
		at = put(at, seen->list[i].name);
		at = put(at, (uint64_t)seen->list[i].last_ms);
	}
	return at;
}

static uint8_t *
put_peak(uint8_t *at, double peak)
{
	uint64_t bits;

	memcpy(&bits, &peak, sizeof(bits));
	for (int i = 0; i < PEAK_BYTES; i++)
		*at++ = (uint8_t)(bits >> (8 * i));
	return at;
}

/* Mostly there is nothing but in the newest few. */
static uint8_t *
put_sums(uint8_t *at, const uint32_t sums[RATE_SUMS])
{
	int count = RATE_SUMS;

	while (count > 0 && sums[count - 1] == 0)
		count--;
	at = put(at, (uint64_t)count);
	for (int i = 0; i < count; i++)
		at = put(at, sums[i]);
	return at;
}

size_t
history_pack(const struct history *history, uint8_t bytes[HISTORY_BYTES_MAX])
{
	uint8_t *at = bytes;

	if (history->day == 0)
		return 0;
	*at++ = FORMAT;
	at = put(at, (uint64_t)history->day);
	at = put_days(at, &history->places);
	at = put_days(at, &history->arounds);
	at = put_days(at, &history->countries);
	at = put(at, history->active);
	at = put(at, history->deferred);
	for (int i = 0; i < SPANS; i++) {
		const struct mail_ring *ring = &history->rings[i];

		at = put(at, (uint64_t)ring->newest);
		for (int kind = 0; kind < MAIL_KINDS; kind++)
			at = put_sums(at, ring->sums[kind]);
		at = put_peak(at, history->peaks[i]);
		at = put(at, history->tops[i]);
	}
	at = put_sightings(at, &history->new_places);
	at = put_sightings(at, &history->new_countries);
	return (size_t)(at - bytes);
}

/* What is left to be read; is_bad: there was less, or something else. */
struct source {
	const uint8_t *at, *end;
	bool is_bad;
};

static uint64_t
take(struct source *source, uint64_t most)
{
	uint64_t number = 0;

	for (int i = 0; i < NUMBER_MAX && source->at < source->end; i++) {
		uint8_t byte = *source->at++;

		number |= (uint64_t)(byte & 0x7f) << (7 * i);
		if ((byte & 0x80) != 0)
			continue;
		source->is_bad |= number > most;
		return source->is_bad ? 0 : number;
	}
	source->is_bad = true;
	return 0;
}

static void
take_days(struct source *source, struct days_table *table)
{
	table->count = (size_t)take(source, HISTORY_DAYS_MAX);
	for (size_t i = 0; i < table->count; i++) {
		table->list[i].name = take(source, UINT64_MAX);
		table->list[i].bits = take(source, UINT64_MAX >> 1);
	}
}

static void
take_sightings(struct source *source, struct sightings *seen)
{
	seen->count = (size_t)take(source, HISTORY_SEEN_MAX);
	for (size_t i = 0; i < seen->count; i++) {
		seen->list[i].name = take(source, UINT64_MAX);
		seen->list[i].last_ms = (int64_t)take(source, INT64_MAX);
	}
}

static void
take_ring(struct source *source, struct mail_ring *ring)
{
	ring->newest = (int64_t)take(source, INT64_MAX);
	for (int kind = 0; kind < MAIL_KINDS; kind++) {
		uint64_t count = take(source, RATE_SUMS);

		for (uint64_t i = 0; i < count; i++)
			ring->sums[kind][i] =
			    (uint32_t)take(source, UINT32_MAX);
	}
}

static double
take_peak(struct source *source)
{
	uint64_t bits = 0;
	double peak;

	if (source->end - source->at < PEAK_BYTES) {
		source->is_bad = true;
		return 0;
	}
	for (int i = 0; i < PEAK_BYTES; i++)
		bits |= (uint64_t)*source->at++ << (8 * i);
	memcpy(&peak, &bits, sizeof(peak));
	source->is_bad |= !(peak >= 0 && peak <= UINT32_MAX);
	return peak;
}

void
history_unpack(struct history *history, const uint8_t *bytes, size_t length)
{
	struct source source = { bytes, bytes + length, false };
	int spans;

	history_init(history);
	if (length == 0)
		return;
	spans = *source.at == FORMAT_OLD ? SPAN_WEEK : SPANS;
	source.is_bad = *source.at != FORMAT_OLD && *source.at != FORMAT;
	source.at++;
	history->day = (int64_t)take(&source, INT32_MAX);
	take_days(&source, &history->places);
	take_days(&source, &history->arounds);
	take_days(&source, &history->countries);
	history->active = take(&source, UINT64_MAX >> 1);
	history->deferred = take(&source, UINT64_MAX >> 1);
	for (int i = 0; i < spans; i++) {
		take_ring(&source, &history->rings[i]);
		history->peaks[i] = take_peak(&source);
		history->tops[i] = (uint32_t)take(&source, UINT32_MAX);
	}
	take_sightings(&source, &history->new_places);
	take_sightings(&source, &history->new_countries);
	if (source.is_bad || source.at != source.end || history->day == 0)
		history_init(history);
}
