/*
 * german_reasons.c -- the reasons of blocks in German.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/german_reasons.h"

#include "base/duration.h"

#include <stdio.h>

#define NEW " aus nie zuvor benutzten Netzen"
#define YOUNG " aus erst seit kurzem benutzten Netzen"
#define DEFERRED " mit aufgeschobenen Mails"

/* As the words of store/finding.c. */
static const struct {
	enum cause cause;
	const char *many, *one, *more;
} rows[] = {
	{ CAUSE_COUNTRIES, "Staaten", "Staat", "" },
	{ CAUSE_NETWORKS, "Netze", "Netz", "" },
	{ CAUSE_ASNS, "autonome Systeme", "autonomes System", "" },
	{ CAUSE_HOME_COUNTRIES, "Heimatstaaten", "Heimatstaat", "" },
	{ CAUSE_HOME_NETWORKS, "Heimatnetze", "Heimatnetz", "" },
	{ CAUSE_HOME_ASNS, "autonome Systeme der Heimat",
	    "autonomes System der Heimat", "" },
	{ CAUSE_RATE, "Mails", "Mail", "" },
	{ CAUSE_NEW_COUNTRIES, "nie zuvor benutzte Staaten",
	    "nie zuvor benutzter Staat", "" },
	{ CAUSE_NEW_PLACES_HOUR, "nie zuvor benutzte Netze",
	    "nie zuvor benutztes Netz", "" },
	{ CAUSE_NEW_PLACES_DAY, "nie zuvor benutzte Netze",
	    "nie zuvor benutztes Netz", "" },
	{ CAUSE_BURST_HOUR, "Mails", "Mail", "" },
	{ CAUSE_BURST_DAY, "Mails", "Mail", "" },
	{ CAUSE_YOUNG_HOUR, "Mails", "Mail", YOUNG },
	{ CAUSE_YOUNG_DAY, "Mails", "Mail", YOUNG },
	{ CAUSE_YOUNG_WEEK, "Mails", "Mail", YOUNG },
	{ CAUSE_DEFERRALS, "Tage", "Tag", DEFERRED },
	{ CAUSE_PATIENCE, "Spannen von 5 Minuten", "Spanne von 5 Minuten",
	    DEFERRED },
	{ CAUSE_TRIES, "aufgeschobene Mails",
	    "aufgeschobene Mail", "" },
	{ CAUSE_QUOTA_HOUR, "Mails", "Mail", NEW },
	{ CAUSE_QUOTA_DAY, "Mails", "Mail", NEW },
};

bool
german_reason(const struct finding *finding, bool is_more, char *text,
    size_t size)
{
	char per[24];

	if (finding->cause == CAUSE_ONLY_COUNTRIES ||
	    finding->cause == CAUSE_ONLY_NETWORKS) {
		snprintf(text, size, "Anmeldung aus einem nicht erlaubten %s",
		    finding->cause == CAUSE_ONLY_COUNTRIES ? "Staat" :
							     "Netz");
		return true;
	}
	duration_format(finding->per_s, per);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].cause != finding->cause)
			continue;
		snprintf(text, size, "%u %s%s innerhalb von %s%s, erlaubt: %u",
		    finding->found, is_more ? "oder mehr " : "",
		    finding->found == 1 && !is_more ? rows[i].one :
						      rows[i].many,
		    per, rows[i].more, finding->limit);
		return true;
	}
	return false;
}
