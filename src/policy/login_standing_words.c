/*
 * login_standing_words.c -- what is known of a login and its account, in words.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/login_standing_words.h"

#include "base/clock.h"

#include <math.h>
#include <stdio.h>

const char *
standing_first(const struct standing *standing, char text[STANDING_WORDS_SIZE])
{
	text[0] = '\0';
	return standing->first_ms == 0 ? text :
	    clock_format_day(standing->first_ms, text);
}

/* As in the log. */
static long long
whole_peak(const struct standing *standing, enum span span)
{
	return llround(standing->spans[span].peak);
}

const char *
standing_peak(const struct standing *standing, enum cause cause,
    char text[STANDING_WORDS_SIZE])
{
	enum span span = cause_span(cause);

	text[0] = '\0';
	if (standing->is_told && span != SPANS)
		snprintf(text, STANDING_WORDS_SIZE, "%lld",
		    whole_peak(standing, span));
	return text;
}

const char *
standing_place_words(const struct standing *standing, enum language language,
    char text[STANDING_WORDS_SIZE])
{
	/* As --explain says; with the first day behind it, or without one. */
	static const struct {
		const char *words, *german;
		bool has_day;
	} rows[PLACE_STATES] = {
		[PLACE_UNTOLD] = { "", "", false },
		[PLACE_NEW] = { "a place never used before",
		    "nie zuvor benutzt", false },
		[PLACE_YOUNG] = { "a place first used lately, on ",
		    "erst seit kurzem benutzt, seit ", true },
		[PLACE_KNOWN] = { "a known place, since ",
		    "bekannt seit ", true },
		[PLACE_PROVIDER] = { "a provider's network",
		    "das Netz eines Anbieters", false },
		[PLACE_EXEMPT] = { "not counted", "nicht gezählt", false },
	};
	char first[STANDING_WORDS_SIZE];

	snprintf(text, STANDING_WORDS_SIZE, "%s%.10s",
	    language == LANGUAGE_DE ? rows[standing->state].german :
				      rows[standing->state].words,
	    rows[standing->state].has_day ? standing_first(standing, first) :
					    "");
	return text;
}

const char *
standing_account_words(const struct standing *standing,
    char text[STANDING_WORDS_SIZE])
{
	text[0] = '\0';
	if (!standing->is_told)
		return text;
	snprintf(text, STANDING_WORDS_SIZE, "%u known place%s, %u known "
	    "countr%s, mail on %u of 60 days; peaks: %lld mails in 1h, %lld "
	    "in 24h", standing->known_places,
	    standing->known_places == 1 ? "" : "s",
	    standing->known_countries,
	    standing->known_countries == 1 ? "y" : "ies", standing->days,
	    whole_peak(standing, SPAN_HOUR), whole_peak(standing, SPAN_DAY));
	return text;
}
