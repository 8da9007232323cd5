/*
 * explain_history.c -- what an account's history says, for who asks why.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/explain_history.h"

#include "base/clock.h"
#include "policy/span_json.h"
#include "policy/time_json.h"
#include "store/detect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)
/* Bits of days, as store/history.h has them. */
#define DAYS ((UINT64_C(1) << (HISTORY_DAYS + 1)) - 1)
#define BARRED (UINT64_C(1) << 62)

enum { DEFERRAL_DAYS = 7 };

/* --- places and countries --------------------------------------------------- */

static void
take_days(const struct account_record *record, const struct days *days,
    struct explained_place *place)
{
	uint64_t bits = days->bits & DAYS;

	memset(place, 0, sizeof(*place));
	place->name = days->name;
	place_name_text(days->name, place->text);
	place->is_barred = (days->bits & BARRED) != 0;
	place->days = (unsigned)__builtin_popcountll(bits);
	place->first_ms = standing_first_ms(&record->history, bits);
	place->last_ms = standing_last_ms(&record->history, bits);
}

/* What was tried and never passed is told, too. */
static void
take_sighting(const struct sighting *seen, struct explained_place *places,
    size_t *count)
{
	size_t i = 0;

	while (i < *count && places[i].name != seen->name)
		i++;
	if (i == *count) {
		memset(&places[i], 0, sizeof(places[i]));
		places[i].name = seen->name;
		place_name_text(seen->name, places[i].text);
		(*count)++;
	}
	if (places[i].last_ms < seen->last_ms)
		places[i].last_ms = seen->last_ms;
}

static int
newest_first(const void *a, const void *b)
{
	const struct explained_place *one = a;
	const struct explained_place *other = b;

	if (one->last_ms / DAY_MS != other->last_ms / DAY_MS)
		return one->last_ms < other->last_ms ? 1 : -1;
	if (one->days != other->days)
		return one->days < other->days ? 1 : -1;
	return strcmp(one->text, other->text);
}

static size_t
take_all(const struct account_record *record, const struct days_table *table,
    const struct sightings *seen, struct explained_place *places)
{
	const uint32_t *allowed = record->settings.rules;
	size_t count = table->count;

	for (size_t i = 0; i < table->count; i++)
		take_days(record, &table->list[i], &places[i]);
	for (size_t i = 0; i < seen->count; i++)
		take_sighting(&seen->list[i], places, &count);
	for (size_t i = 0; i < count; i++)
		places[i].state = detect_is_known(table, places[i].name,
		    allowed) ? "known" : "new";
	qsort(places, count, sizeof(*places), newest_first);
	return count;
}

/* Its name is with the address of any login from there. */
static void
find_as_name(const struct desk *desk, const struct account_record *record,
    struct explained_place *place)
{
	uint32_t asn = place_name_asn(place->name);

	for (size_t i = 0; asn != 0 && i < record->login_count; i++) {
		struct place found;

		if (record->logins[i].asn != asn)
			continue;
		geo_locate(desk->geo, &record->logins[i].network, &found);
		if (found.asn == asn)
			memcpy(place->as_name, found.as_name,
			    sizeof(place->as_name));
		return;
	}
}

size_t
explain_places(const struct desk *desk, const struct account_record *record,
    struct explained_place places[EXPLAINED_MAX])
{
	const struct history *history = &record->history;
	size_t count = take_all(record, &history->places,
	    &history->new_places, places);

	for (size_t i = 0; i < count; i++) {
		find_as_name(desk, record, &places[i]);
		if (strcmp(places[i].state, "known") == 0 &&
		    detect_is_recent(history, places[i].name,
			record->settings.rules))
			places[i].state = "young";
	}
	return count;
}

size_t
explain_countries(const struct account_record *record,
    struct explained_place countries[EXPLAINED_MAX])
{
	return take_all(record, &record->history.countries,
	    &record->history.new_countries, countries);
}

unsigned
explain_deferred_days(const struct account_record *record)
{
	return (unsigned)__builtin_popcountll(record->history.deferred &
	    ((1 << DEFERRAL_DAYS) - 1));
}

/* --- as JSON ----------------------------------------------------------------- */

static json_t *
places_json(const struct explained_place *places, size_t count,
    bool are_countries)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		const struct explained_place *place = &places[i];
		json_t *object = json_pack("{ss ss sI so so sb}",
		    are_countries ? "country" : "place", place->text,
		    "state", place->state, "days", (json_int_t)place->days,
		    "first", show_day(place->first_ms), "last",
		    show_day(place->last_ms), "barred", place->is_barred);

		if (!are_countries)
			json_object_set_new(object, "as_name",
			    json_string(place->as_name));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *
span_json(const struct account_record *record, enum span span)
{
	struct span_use use;

	standing_use(&record->history, span, record->settings.rules, &use);
	return show_span(&use);
}

/* Of a week only what comes from young and new places is limited. */
static json_t *
week_json(const struct account_record *record)
{
	struct span_use use;

	standing_use(&record->history, SPAN_WEEK, record->settings.rules,
	    &use);
	return show_week(&use);
}

json_t *
explain_history(const struct desk *desk, const struct account_record *record)
{
	const struct history *history = &record->history;
	struct explained_place places[EXPLAINED_MAX];
	size_t count = explain_places(desk, record, places);
	json_t *array = places_json(places, count, false);

	count = explain_countries(record, places);
	return json_pack("{sb sI sI sb so so so so so so}", "settled",
	    detect_is_settled(history, record->settings.rules), "days",
	    (json_int_t)history_past_days(history->active), "deferred_days",
	    (json_int_t)explain_deferred_days(record), "learning",
	    !record->is_warm, "learning_until", record->is_warm ?
	    json_null() : show_time(record->warm_at_ms), "hour",
	    span_json(record, SPAN_HOUR), "day", span_json(record, SPAN_DAY),
	    "week", week_json(record), "places", array, "countries",
	    places_json(places, count, true));
}
