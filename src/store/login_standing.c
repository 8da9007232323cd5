/*
 * login_standing.c -- what history says of a login and its account, to be told.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/login_standing.h"

#include "store/detect.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)
/* Bits of days, as history.h has them. */
#define DAYS ((UINT64_C(1) << (HISTORY_DAYS + 1)) - 1)

static const char *const states[PLACE_STATES] = {
	[PLACE_UNTOLD] = "",
	[PLACE_NEW] = "new",
	[PLACE_YOUNG] = "young",
	[PLACE_KNOWN] = "known",
	[PLACE_PROVIDER] = "provider",
	[PLACE_EXEMPT] = "exempt",
};

const char *const use_names[USE_KINDS] = { "mails", "young", "new" };

const char *
place_state_name(enum place_state state)
{
	return states[state];
}

int64_t
standing_first_ms(const struct history *history, uint64_t bits)
{
	bits &= DAYS;
	return bits == 0 ? 0 :
	    (history->day - (63 - __builtin_clzll(bits))) * DAY_MS;
}

int64_t
standing_last_ms(const struct history *history, uint64_t bits)
{
	bits &= DAYS;
	return bits == 0 ? 0 : (history->day - __builtin_ctzll(bits)) * DAY_MS;
}

enum place_state
standing_state(const struct attempt *attempt)
{
	if (attempt->is_new)
		return PLACE_NEW;
	if (attempt->is_young)
		return PLACE_YOUNG;
	return attempt->trust == TRUST_COUNTED ? PLACE_KNOWN :
	    attempt->trust == TRUST_PROVIDER   ? PLACE_PROVIDER :
						 PLACE_EXEMPT;
}

void
standing_use(const struct history *history, enum span span,
    const uint32_t *allowed, struct span_use *use)
{
	for (int i = 0; i < USE_KINDS; i++) {
		enum mail_kind kind = (enum mail_kind)i;

		use->found[i] = history_sum(&history->rings[span], kind);
		use->allowed[i] = detect_allowed(history, kind, span, allowed);
	}
	use->peak = history->peaks[span];
}

static unsigned
count_known(const struct days_table *table, const uint32_t *allowed)
{
	unsigned count = 0;

	for (size_t i = 0; i < table->count; i++)
		count += history_past_days(table->list[i].bits) >=
		    allowed[RULE_KNOWN_AFTER];
	return count;
}

static void
take_place(struct standing *standing, const struct history *history,
    const struct attempt *attempt)
{
	uint64_t bits = history_days(&history->places, attempt->place);

	standing->state = standing_state(attempt);
	if (attempt->place != 0)
		place_name_text(attempt->place, standing->place);
	standing->first_ms = standing_first_ms(history, bits);
	standing->place_days = history_past_days(bits) + (bits & 1);
}

void
standing_take(struct standing *standing, const struct history *history,
    const struct attempt *attempt, const uint32_t *allowed)
{
	memset(standing, 0, sizeof(*standing));
	if (attempt != NULL)
		take_place(standing, history, attempt);
	standing->is_told = true;
	standing->is_settled = detect_is_settled(history, allowed);
	standing->days = history_past_days(history->active);
	standing->known_places = count_known(&history->places, allowed);
	standing->known_countries = count_known(&history->countries, allowed);
	for (int i = 0; i < SPANS; i++)
		standing_use(history, (enum span)i, allowed,
		    &standing->spans[i]);
}

void
standing_look(struct standing *standing, const struct history *history,
    const struct login *login, const struct settings *settings)
{
	struct login trusted = *login;
	struct attempt attempt;

	trusted.trust = detect_trust(login, settings);
	detect_look(history, &trusted, settings->rules, &attempt);
	standing_take(standing, history, &attempt, settings->rules);
}

/* --- as JSON ----------------------------------------------------------------- */

static const char *const span_names[SPANS] = { "hour", "day",
	"week" };

static void
put(json_t *object, const char *key, int64_t value)
{
	json_object_set_new(object, key, json_integer(value));
}

static int64_t
number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* The key of a number of mails: "hour_new", "hour_new_allowed". */
enum { KEY_SIZE = 32 };
static const char *
use_key(int span, const char *what, const char *more, char key[KEY_SIZE])
{
	snprintf(key, KEY_SIZE, "%s_%s%s", span_names[span], what, more);
	return key;
}

static void
write_use(const struct span_use *use, int span, json_t *object)
{
	char key[KEY_SIZE];

	/* In thousandths: stores write what is no whole number each in a way
	 * of its own. */
	put(object, use_key(span, "peak", "", key), llround(use->peak * 1000));
	for (int i = 0; i < USE_KINDS; i++) {
		put(object, use_key(span, use_names[i], "", key),
		    use->found[i]);
		if (use->allowed[i] != UNLIMITED)
			put(object, use_key(span, use_names[i], "_allowed",
			    key), use->allowed[i]);
	}
}

void
standing_write(const struct standing *standing, json_t *object)
{
	if (standing->state != PLACE_UNTOLD) {
		json_object_set_new(object, "state",
		    json_string(states[standing->state]));
		json_object_set_new(object, "place",
		    json_string(standing->place));
		put(object, "place_days", standing->place_days);
		put(object, "place_first", standing->first_ms);
	}
	if (!standing->is_told)
		return;
	put(object, "settled", standing->is_settled);
	put(object, "days", standing->days);
	put(object, "known_places", standing->known_places);
	put(object, "known_countries", standing->known_countries);
	for (int i = 0; i < SPANS; i++)
		write_use(&standing->spans[i], i, object);
}

static void
read_use(struct span_use *use, int span, const json_t *object)
{
	char key[KEY_SIZE];

	use->peak = (double)number(object, use_key(span, "peak", "", key)) /
	    1000;
	for (int i = 0; i < USE_KINDS; i++) {
		const json_t *allowed = json_object_get(object,
		    use_key(span, use_names[i], "_allowed", key));

		use->allowed[i] = allowed == NULL ? UNLIMITED :
		    (uint32_t)json_integer_value(allowed);
		use->found[i] = (uint32_t)number(object,
		    use_key(span, use_names[i], "", key));
	}
}

static void
read_place(struct standing *standing, const json_t *object)
{
	const char *state = json_string_value(json_object_get(object,
	    "state"));
	const char *place = json_string_value(json_object_get(object,
	    "place"));

	for (int i = PLACE_NEW; state != NULL && i < PLACE_STATES; i++)
		if (strcmp(states[i], state) == 0)
			standing->state = (enum place_state)i;
	/* Whole or not at all: half a character is no text. */
	if (place != NULL && strlen(place) < sizeof(standing->place))
		strcpy(standing->place, place);
	standing->place_days = (unsigned)number(object, "place_days");
	standing->first_ms = number(object, "place_first");
}

void
standing_read(struct standing *standing, const json_t *object)
{
	memset(standing, 0, sizeof(*standing));
	read_place(standing, object);
	standing->is_told = json_object_get(object, "settled") != NULL;
	if (!standing->is_told)
		return;
	standing->is_settled = number(object, "settled") != 0;
	standing->days = (unsigned)number(object, "days");
	standing->known_places = (unsigned)number(object, "known_places");
	standing->known_countries =
	    (unsigned)number(object, "known_countries");
	for (int i = 0; i < SPANS; i++)
		read_use(&standing->spans[i], i, object);
}
