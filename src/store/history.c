/*
 * history.c -- where and how much an account has sent: days, rings, lists.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/history.h"

#include <math.h>
#include <string.h>

#define TODAY UINT64_C(1)
#define DAYS ((UINT64_C(1) << (HISTORY_DAYS + 1)) - 1)
#define BARRED (UINT64_C(1) << 62)

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

static const int64_t widths_ms[SPANS] =	/* of a sub-bucket */
    { HOUR_MS / 12, DAY_MS / 12, 7 * DAY_MS / 12 };

void
history_init(struct history *history)
{
	history->day = 0;
	history->places.count = 0;
	history->arounds.count = 0;
	history->countries.count = 0;
	history->active = 0;
	history->deferred = 0;
	memset(history->rings, 0, sizeof(history->rings));
	memset(history->peaks, 0, sizeof(history->peaks));
	memset(history->tops, 0, sizeof(history->tops));
	history->new_places.count = 0;
	history->new_countries.count = 0;
}

/* --- days ------------------------------------------------------------------ */

unsigned
history_past_days(uint64_t bits)
{
	return (unsigned)__builtin_popcountll(bits & DAYS & ~TODAY);
}

/* Its place in the table, or table->count. */
static size_t
find(const struct days_table *table, uint64_t name)
{
	size_t i = 0;

	while (i < table->count && table->list[i].name != name)
		i++;
	return i;
}

uint64_t
history_days(const struct days_table *table, uint64_t name)
{
	size_t i = find(table, name);

	return i < table->count ? table->list[i].bits : 0;
}

/* How long ago is its newest day? */
static int
age(uint64_t bits)
{
	return (bits & DAYS) != 0 ? __builtin_ctzll(bits) : HISTORY_DAYS + 1;
}

static bool
is_worth_less(const struct days *one, const struct days *other)
{
	if (age(one->bits) != age(other->bits))
		return age(one->bits) > age(other->bits);
	return __builtin_popcountll(one->bits & DAYS) <
	    __builtin_popcountll(other->bits & DAYS);
}

static void
take_out(struct days_table *table, size_t i)
{
	table->count--;
	memmove(&table->list[i], &table->list[i + 1],
	    (table->count - i) * sizeof(table->list[0]));
}

/* The one that leaves first. */
static size_t
find_least(const struct days_table *table)
{
	size_t least = 0;

	for (size_t i = 1; i < table->count; i++)
		if (is_worth_less(&table->list[i], &table->list[least]))
			least = i;
	return least;
}

/* The days of a name, made if there are none; what came first stands first. */
static struct days *
make(struct days_table *table, uint64_t name)
{
	size_t at = find(table, name);
	struct days *days;

	if (at < table->count)
		return &table->list[at];
	if (table->count == HISTORY_DAYS_MAX)
		take_out(table, find_least(table));
	days = &table->list[table->count++];
	days->name = name;
	days->bits = 0;
	return days;
}

void
history_learn(struct days_table *table, uint64_t name, unsigned days_ago)
{
	if (days_ago > 0 || (history_days(table, name) & BARRED) == 0)
		make(table, name)->bits |= TODAY << days_ago;
}

void
history_bar(struct days_table *table, uint64_t name)
{
	struct days *days = make(table, name);

	days->bits = (days->bits & ~TODAY) | BARRED;
}

void
history_mark(uint64_t *bits, unsigned days_ago)
{
	*bits |= TODAY << days_ago;
}

static uint64_t
shifted(uint64_t bits, int64_t days)
{
	return days > HISTORY_DAYS ? 0 : (bits & DAYS) << days & DAYS;
}

static void
shift(struct days_table *table, int64_t days)
{
	size_t kept = 0;

	for (size_t i = 0; i < table->count; i++) {
		struct days entry = table->list[i];

		entry.bits = shifted(entry.bits, days);
		if (entry.bits != 0)
			table->list[kept++] = entry;
	}
	table->count = kept;
}

static void
turn_day(struct history *history, int64_t day, uint32_t decay)
{
	int64_t days = day - history->day;

	history->day = day;
	shift(&history->places, days);
	shift(&history->arounds, days);
	shift(&history->countries, days);
	history->active = shifted(history->active, days);
	history->deferred = shifted(history->deferred, days);
	for (int i = 0; i < SPANS; i++) {
		double faded = history->peaks[i] *
		    pow(decay / 1000.0, (double)days);

		history->peaks[i] = fmax(faded, history->tops[i]);
		history->tops[i] = 0;
	}
}

/* --- rings ----------------------------------------------------------------- */

static void
turn_ring(struct mail_ring *ring, int64_t bucket)
{
	int64_t steps = bucket - ring->newest;

	if (steps <= 0)
		return;
	ring->newest = bucket;
	if (steps >= RATE_SUMS) {
		memset(ring->sums, 0, sizeof(ring->sums));
		return;
	}
	for (int i = 0; i < MAIL_KINDS; i++) {
		memmove(ring->sums[i] + steps, ring->sums[i],
		    (size_t)(RATE_SUMS - steps) * sizeof(ring->sums[i][0]));
		memset(ring->sums[i], 0,
		    (size_t)steps * sizeof(ring->sums[i][0]));
	}
}

void
history_count(struct mail_ring *ring, enum mail_kind kind)
{
	ring->sums[kind][0]++;
}

uint32_t
history_sum(const struct mail_ring *ring, enum mail_kind kind)
{
	uint32_t sum = 0;

	for (int i = 0; i < RATE_SUMS; i++)
		sum += ring->sums[kind][i];
	return sum;
}

void
history_turn(struct history *history, int64_t now_ms, uint32_t decay)
{
	if (now_ms / DAY_MS > history->day)
		turn_day(history, now_ms / DAY_MS, decay);
	for (int i = 0; i < SPANS; i++)
		turn_ring(&history->rings[i], now_ms / widths_ms[i]);
}

/* --- sightings ------------------------------------------------------------- */

static void
forget(struct sightings *seen, size_t i)
{
	seen->count--;
	memmove(&seen->list[i], &seen->list[i + 1],
	    (seen->count - i) * sizeof(seen->list[0]));
}

/* The one seen last stands last; when there is no room the oldest leaves. */
void
history_see(struct sightings *seen, uint64_t name, int64_t now_ms)
{
	struct sighting sighting = { name, now_ms };
	size_t i = 0;

	while (i < seen->count && seen->list[i].name != name)
		i++;
	if (i < seen->count) {
		if (seen->list[i].last_ms > now_ms)
			sighting.last_ms = seen->list[i].last_ms;
		forget(seen, i);
	} else if (seen->count == HISTORY_SEEN_MAX) {
		size_t oldest = 0;

		for (i = 1; i < seen->count; i++)
			if (seen->list[i].last_ms <
			    seen->list[oldest].last_ms)
				oldest = i;
		forget(seen, oldest);
	}
	seen->list[seen->count++] = sighting;
}

unsigned
history_seen(const struct sightings *seen, int64_t since_ms)
{
	unsigned count = 0;

	for (size_t i = 0; i < seen->count; i++)
		count += seen->list[i].last_ms > since_ms;
	return count;
}

/* --- clocks ---------------------------------------------------------------- */

static bool
clamp_sightings(struct sightings *seen, int64_t now_ms)
{
	bool stepped = false;

	for (size_t i = 0; i < seen->count; i++)
		if (seen->list[i].last_ms > now_ms) {
			seen->list[i].last_ms = now_ms;
			stepped = true;
		}
	return stepped;
}

bool
history_clamp(struct history *history, int64_t now_ms)
{
	bool stepped = false;

	/* About midnight a small step stays in the day that has begun. */
	if (history->day > now_ms / DAY_MS + 1) {
		history->day = now_ms / DAY_MS;
		stepped = true;
	}
	for (int i = 0; i < SPANS; i++)
		if (history->rings[i].newest > now_ms / widths_ms[i]) {
			history->rings[i].newest = now_ms / widths_ms[i];
			stepped = true;
		}
	stepped |= clamp_sightings(&history->new_places, now_ms);
	return clamp_sightings(&history->new_countries, now_ms) || stepped;
}

/* --- unblocking, learning -------------------------------------------------- */

void
history_afresh(struct history *history)
{
	for (int i = 0; i < SPANS; i++)
		for (int kind = 0; kind < MAIL_KINDS; kind++)
			if (kind != MAIL_USUAL)
				memset(history->rings[i].sums[kind], 0,
				    sizeof(history->rings[i].sums[kind]));
	history->new_places.count = 0;
	history->new_countries.count = 0;
	history->deferred = 0;
}

static void
accept(struct days_table *table, const struct sightings *seen,
    unsigned known_after, int64_t since_ms)
{
	uint64_t days = ((TODAY << known_after) - 1) << 1;

	for (size_t i = 0; i < seen->count; i++)
		if (seen->list[i].last_ms > since_ms) {
			struct days *entry = make(table, seen->list[i].name);

			entry->bits = (entry->bits & ~BARRED) | days;
		}
}

void
history_accept(struct history *history, unsigned known_after, int64_t now_ms)
{
	accept(&history->places, &history->new_places, known_after,
	    now_ms - DAY_MS);
	accept(&history->countries, &history->new_countries, known_after,
	    now_ms - DAY_MS);
}

/* A place that is new to a full table must be worth more than the one that
 * leaves: merging once more would bring that back otherwise. */
static bool
has_room(const struct days_table *table, const struct days *more)
{
	return table->count < HISTORY_DAYS_MAX ||
	    find(table, more->name) < table->count ||
	    is_worth_less(&table->list[find_least(table)], more);
}

/* Both stand at the same day. */
static bool
merge_days(struct days_table *table, const struct days_table *other)
{
	bool is_changed = false;

	for (size_t i = 0; i < other->count; i++) {
		struct days more = other->list[i];
		uint64_t known = history_days(table, more.name);

		more.bits &= (known & BARRED) != 0 ? DAYS & ~TODAY : DAYS;
		if ((known & more.bits) == more.bits ||
		    !has_room(table, &more))
			continue;
		make(table, more.name)->bits |= more.bits;
		is_changed = true;
	}
	return is_changed;
}

bool
history_merge(struct history *history, const struct history *other,
    uint32_t decay)
{
	struct history learned = *other;
	uint64_t active;
	bool is_changed;

	if (learned.day > history->day)
		turn_day(history, learned.day, decay);
	else	/* day by day, or it would fade less than what was merged */
		while (learned.day < history->day)
			turn_day(&learned, learned.day + 1, decay);
	is_changed = merge_days(&history->places, &learned.places);
	is_changed |= merge_days(&history->arounds, &learned.arounds);
	is_changed |= merge_days(&history->countries, &learned.countries);
	active = history->active | (learned.active & DAYS);
	is_changed |= active != history->active;
	history->active = active;
	for (int i = 0; i < SPANS; i++) {
		is_changed |= history->peaks[i] < learned.peaks[i] ||
		    history->tops[i] < learned.tops[i];
		history->peaks[i] = fmax(history->peaks[i], learned.peaks[i]);
		/* Not yet a peak, or it would fade a day too early. */
		if (history->tops[i] < learned.tops[i])
			history->tops[i] = learned.tops[i];
	}
	return is_changed;
}
