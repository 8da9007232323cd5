/*
 * explain_history_text.c -- what an account's history says, for people.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/explain_history_text.h"

#include "base/clock.h"
#include "command/print.h"
#include "policy/explain_history.h"
#include "store/detect.h"

#include <stdio.h>

static const char *
s(unsigned long count)
{
	return count == 1 ? "" : "s";
}

static void
show_days(FILE *out, const struct account_record *record)
{
	const uint32_t *allowed = record->settings.rules;
	unsigned days = history_past_days(record->history.active);
	unsigned deferred = explain_deferred_days(record);
	char until[WHEN_SIZE];

	fprintf(out, "History    %s: mail on %u of the 60 days before today, "
	    "%u make it settled\n",
	    detect_is_settled(&record->history, allowed) ? "settled" :
	    "not settled", days, allowed[RULE_SETTLED_AFTER]);
	if (deferred > 0)
		fprintf(out, "           mail deferred on %u of the last 7 "
		    "days\n", deferred);
	if (record->is_warm)
		return;
	print_moment(out, record->warm_at_ms, until);
	fprintf(out, "           the store learns%s%s: so far only new "
	    "countries and places are judged\n",
	    record->warm_at_ms != 0 ? " until " : "",
	    record->warm_at_ms != 0 ? until : "");
}

/* "3 of 20 from new places" */
static void
show_mails_of(FILE *out, const struct account_record *record,
    enum mail_kind kind, enum span span, const char *where)
{
	uint32_t limit = detect_allowed(&record->history, kind, span,
	    record->settings.rules);

	fprintf(out, "%u", history_sum(&record->history.rings[span], kind));
	if (limit != UNLIMITED)
		fprintf(out, " of %u", limit);
	fputs(where, out);
}

static void
show_mails(FILE *out, const struct account_record *record)
{
	static const char *const names[] = { "1h: ", "24h: " };

	for (int i = 0; i < SPAN_WEEK; i++) {
		enum span span = (enum span)i;

		fprintf(out, "%s%s", i == 0 ? "Mails      within " :
					      "           within ", names[i]);
		show_mails_of(out, record, MAIL_ALL, span, "; ");
		show_mails_of(out, record, MAIL_YOUNG, span,
		    " from places first used lately, ");
		show_mails_of(out, record, MAIL_NEW, span,
		    " passed from new ones; ");
		fprintf(out, "peak %.0f\n", record->history.peaks[i]);
	}
	fputs("           within 7d: ", out);
	show_mails_of(out, record, MAIL_YOUNG, SPAN_WEEK,
	    " from new ones and those first used lately; ");
	fprintf(out, "peak %.0f\n", record->history.peaks[SPAN_WEEK]);
}

static const char *
day(int64_t ms, char text[CLOCK_DAY_SIZE])
{
	return ms != 0 ? clock_format_day(ms, text) : "-";
}

static void
show_places(FILE *out, const struct desk *desk,
    const struct account_record *record)
{
	static const char *const heads[] = { "PLACE", "NAME", "STATE", "DAYS",
		"FIRST", "LAST", NULL };
	struct explained_place places[EXPLAINED_MAX];
	size_t count = explain_places(desk, record, places);
	struct table *table = table_new(heads);

	for (size_t i = 0; i < count; i++) {
		char days[16], first[CLOCK_DAY_SIZE];
		char last[CLOCK_DAY_SIZE];
		const char *row[] = { places[i].text,
			places[i].as_name[0] != '\0' ? places[i].as_name : "-",
			places[i].state, days,
			day(places[i].first_ms, first),
			day(places[i].last_ms, last) };

		snprintf(days, sizeof(days), "%u", places[i].days);
		table_add(table, row);
	}
	fprintf(out, "\nPlaces     %zu, used last first\n", count);
	table_print(table, out);
	table_free(table);
}

static void
show_countries(FILE *out, const struct account_record *record)
{
	struct explained_place countries[EXPLAINED_MAX];
	size_t count = explain_countries(record, countries);

	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%s (%s, %u day%s)", i == 0 ? "Countries  " :
		    i % 4 == 0 ? ",\n           " : ", ", countries[i].text,
		    countries[i].state, countries[i].days,
		    s(countries[i].days));
	if (count > 0)
		fputc('\n', out);
}

void
explain_history_show(FILE *out, const struct desk *desk,
    const struct account_record *record)
{
	const struct history *history = &record->history;

	show_days(out, record);
	show_mails(out, record);
	show_countries(out, record);
	if (history->places.count + history->new_places.count > 0)
		show_places(out, desk, record);
}
