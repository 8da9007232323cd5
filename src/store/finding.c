/*
 * finding.c -- what is found out about one request, in plain data.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/finding.h"

#include "base/text.h"

#include <stdio.h>

static const struct {
	const char *name, *words;
} causes[] = {
#define MEASURE(id, name, what, key, initial, least, cause, many, ...)         \
	[cause] = { name, many },
#include "config/measures.def"
	[CAUSE_NONE] = { "", NULL },
	[CAUSE_ONLY_COUNTRIES] = { "only_countries",
	    "outside the allowed countries" },
	[CAUSE_ONLY_NETWORKS] = { "only_networks",
	    "outside the allowed networks" },
	[CAUSE_RATE] = { "rate", "rate" },
	[CAUSE_MANUAL] = { "manual", "manual" },
	[CAUSE_NEW_COUNTRIES] = { "new_places.countries.day",
	    "countries never used before" },
	[CAUSE_NEW_PLACES_HOUR] = { "new_places.places.hour",
	    "networks never used before" },
	[CAUSE_NEW_PLACES_DAY] = { "new_places.places.day",
	    "networks never used before" },
	[CAUSE_BURST_HOUR] = { "bursts.hour", "mails" },
	[CAUSE_BURST_DAY] = { "bursts.day", "mails" },
	[CAUSE_YOUNG_HOUR] = { "bursts.young.hour",
	    "mails from networks used since lately" },
	[CAUSE_YOUNG_DAY] = { "bursts.young.day",
	    "mails from networks used since lately" },
	[CAUSE_DEFERRALS] = { "new_places.deferrals",
	    "days with mail deferred" },
	[CAUSE_PATIENCE] = { "new_places.patience",
	    "spans of 5 minutes with mail deferred" },
	[CAUSE_QUOTA_HOUR] = { "new_places.quota.hour",
	    "mails from networks never used before" },
	[CAUSE_QUOTA_DAY] = { "new_places.quota.day",
	    "mails from networks never used before" },
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

enum measure
cause_measure(enum cause cause)
{
	int i = 0;

	while (i < MEASURE_COUNT && measures[i].cause != (int)cause)
		i++;
	return (enum measure)i;
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
