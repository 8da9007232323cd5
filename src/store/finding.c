/*
 * finding.c -- what is found out about one request, in plain data.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/finding.h"

#include "base/duration.h"
#include "base/text.h"

#include <stdio.h>

#define NEW_PLACES " from networks never used before"
#define YOUNG_PLACES " from networks first used lately"
#define DEFERRED " with mail deferred"

/* name for programs, words for views; what is counted of it, many or one, and
 * more of that: NULL, nothing is. */
static const struct row {
	const char *name, *words;
	const char *many, *one, *more;
} causes[] = {
#define MEASURE(id, name, what, key, initial, least, cause, many, one, ...)    \
	[cause] = { name, many, many, one, "" },
#include "config/limit_measures.def"
	[CAUSE_NONE] = { "", NULL, NULL, NULL, NULL },
	[CAUSE_ONLY_COUNTRIES] = { "only_countries",
	    "outside the allowed countries", NULL, NULL, NULL },
	[CAUSE_ONLY_NETWORKS] = { "only_networks",
	    "outside the allowed networks", NULL, NULL, NULL },
	[CAUSE_RATE] = { "rate", "rate", "mails", "mail", "" },
	[CAUSE_MANUAL] = { "manual", "manual", NULL, NULL, NULL },
	[CAUSE_NEW_COUNTRIES] = { "new_places.countries.day", "new countries",
	    "countries never used before", "country never used before", "" },
	[CAUSE_NEW_PLACES_HOUR] = { "new_places.places.hour",
	    "new networks in an hour", "networks never used before",
	    "network never used before", "" },
	[CAUSE_NEW_PLACES_DAY] = { "new_places.places.day",
	    "new networks in a day", "networks never used before",
	    "network never used before", "" },
	[CAUSE_BURST_HOUR] = { "bursts.hour", "mails in an hour", "mails",
	    "mail", "" },
	[CAUSE_BURST_DAY] = { "bursts.day", "mails in a day", "mails", "mail",
	    "" },
	[CAUSE_YOUNG_HOUR] = { "bursts.young.hour",
	    "mails in an hour" YOUNG_PLACES, "mails", "mail", YOUNG_PLACES },
	[CAUSE_YOUNG_DAY] = { "bursts.young.day",
	    "mails in a day" YOUNG_PLACES, "mails", "mail", YOUNG_PLACES },
	[CAUSE_YOUNG_WEEK] = { "bursts.young.week",
	    "mails in a week" YOUNG_PLACES, "mails", "mail", YOUNG_PLACES },
	[CAUSE_DEFERRALS] = { "new_places.deferrals", "days" DEFERRED, "days",
	    "day", DEFERRED },
	[CAUSE_PATIENCE] = { "new_places.patience",
	    "spans of 5 minutes" DEFERRED, "spans of 5 minutes",
	    "span of 5 minutes", DEFERRED },
	[CAUSE_TRIES] = { "new_places.tries", "mails deferred in an hour",
	    "deferred mails", "deferred mail", "" },
	[CAUSE_QUOTA_HOUR] = { "new_places.quota.hour",
	    "mails in an hour" NEW_PLACES, "mails", "mail", NEW_PLACES },
	[CAUSE_QUOTA_DAY] = { "new_places.quota.day",
	    "mails in a day" NEW_PLACES, "mails", "mail", NEW_PLACES },
};

static bool
is_known(enum cause cause)
{
	return (int)cause >= 0 &&
	    (size_t)cause < sizeof(causes) / sizeof(causes[0]) &&
	    causes[cause].name != NULL;
}

const char *
cause_name(enum cause cause)
{
	return is_known(cause) ? causes[cause].name : "";
}

const char *
cause_words(enum cause cause)
{
	return is_known(cause) ? causes[cause].words : NULL;
}

enum span
cause_span(enum cause cause)
{
	switch ((int)cause) {
	case CAUSE_BURST_HOUR:
	case CAUSE_YOUNG_HOUR:
	case CAUSE_QUOTA_HOUR:
		return SPAN_HOUR;
	case CAUSE_BURST_DAY:
	case CAUSE_YOUNG_DAY:
	case CAUSE_QUOTA_DAY:
		return SPAN_DAY;
	case CAUSE_YOUNG_WEEK:
		return SPAN_WEEK;
	default:
		return SPANS;
	}
}

enum measure
cause_measure(enum cause cause)
{
	int i = 0;

	while (i < MEASURE_COUNT && measures[i].cause != (int)cause)
		i++;
	return (enum measure)i;
}

static bool
is_counted(enum cause cause)
{
	return is_known(cause) && causes[cause].many != NULL;
}

bool
cause_reason(enum cause cause, uint32_t found, bool is_more, uint32_t limit,
    uint32_t per_s, char text[CAUSE_TEXT_SIZE])
{
	char per[24];

	text[0] = '\0';
	if (!is_counted(cause))
		return false;
	duration_format(per_s, per);
	snprintf(text, CAUSE_TEXT_SIZE, "%u %s%s within %s%s, %u allowed",
	    found, is_more ? "or more " : "", found == 1 && !is_more ?
	    causes[cause].one : causes[cause].many, per, causes[cause].more,
	    limit);
	return true;
}

bool
cause_reached(enum cause cause, uint32_t limit, uint32_t per_s,
    char text[CAUSE_TEXT_SIZE])
{
	char per[24];

	text[0] = '\0';
	if (!is_counted(cause))
		return false;
	duration_format(per_s, per);
	/* A rate is reached by the mail that is refused. */
	snprintf(text, CAUSE_TEXT_SIZE, "%s%u %s in %s%s",
	    cause == CAUSE_RATE ? "" : "more than ", limit,
	    limit == 1 ? causes[cause].one : causes[cause].many, per,
	    causes[cause].more);
	return true;
}

uint32_t
evidence_sum(const struct evidence *evidence, enum measured what)
{
	uint32_t sum = 0;

	for (int i = 0; i < MEASURE_COUNT; i++)
		if (measures[i].what == what)
			sum += evidence->found[i];
	return sum;
}

const char *
evidence_text(const struct evidence *evidence, char bytes[EVIDENCE_TEXT_SIZE])
{
	struct text text;

	text_init(&text, bytes, EVIDENCE_TEXT_SIZE);
	for (int i = 0; i < MEASURE_COUNT; i++)
		text_printf(&text, "%s\"%s\":%u", i == 0 ? "{" : ",",
		    measures[i].name, evidence->found[i]);
	text_add(&text, evidence->is_capped ? ",\"or_more\":true}" : "}");
	return bytes;
}
