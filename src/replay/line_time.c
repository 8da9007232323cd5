/*
 * line_time.c -- the time at the head of a line of a log.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "replay/line_time.h"

#include "base/clock.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

enum {
	/* Lines may be so much out of order without another hour or year
	 * being meant. */
	SLACK_MINUTES = 30,
	/* A line is later than the one before it, or late by so much. */
	LATE_DAYS = 30,
	YEAR_DAYS = 365,
	/* And late by so much if it would be later than the file else. */
	EARLIER_DAYS = 183,
	/* Leap years are eight apart at most. */
	YEARS_BACK = 9,
};

void
line_clock_init(struct line_clock *clock, int64_t before_ms)
{
	memset(clock, 0, sizeof(*clock));
	clock->before_ms = before_ms;
}

/* Two digits, or -1. */
static int
two(const char *text)
{
	if (!isdigit((unsigned char)text[0]) ||
	    !isdigit((unsigned char)text[1]))
		return -1;
	return (text[0] - '0') * 10 + text[1] - '0';
}

/* ":04:05" and a fraction; returns what is behind it, or NULL. */
static const char *
read_minutes(const char *text, int64_t *ms)
{
	int minute = text[0] == ':' ? two(text + 1) : -1;
	int second = minute >= 0 && text[3] == ':' ? two(text + 4) : -1;
	int unit = 100;

	if (minute > 59 || second < 0 || second > 60)
		return NULL;
	*ms = (minute * 60 + second) * 1000;
	text += 6;
	if (*text != '.' && *text != ',')
		return text;
	if (!isdigit((unsigned char)*++text))
		return NULL;
	for (; isdigit((unsigned char)*text); text++, unit /= 10)
		*ms += (*text - '0') * unit;
	return text;
}

/* --- by the local clock -------------------------------------------------- */

/* That hour, in summer time or not, or -1: there is none. */
static int64_t
hour_of(int year, int month, int day, int hour, int is_summer)
{
	struct tm parts = { .tm_year = year - 1900, .tm_mon = month - 1,
		.tm_mday = day, .tm_hour = hour, .tm_isdst = is_summer };
	time_t at = mktime(&parts);

	if (at == (time_t)-1 || parts.tm_mon != month - 1 ||
	    parts.tm_mday != day || parts.tm_hour != hour)
		return -1;
	return (int64_t)at * 1000;
}

/* The local hour: of two the one that goes on from last_ms. */
static int64_t
local_hour(int year, int month, int day, int hour, int64_t last_ms,
    int64_t within_ms)
{
	int64_t first = hour_of(year, month, day, hour, 1);
	int64_t second = hour_of(year, month, day, hour, 0);

	if (first < 0 && second < 0)
		/* Spring forward: the clock never showed it, a log may. */
		return hour_of(year, month, day, hour + 1, -1);
	if (first < 0 || second < 0)
		return first < 0 ? second : first;
	if (last_ms != 0 && first + within_ms <
	    last_ms - SLACK_MINUTES * MINUTE_MS)
		return second;
	return first;
}

/* "Jan", from 1; 0: no month. */
static int
month_of(const char *text)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (strncmp(text, names + 3 * i, 3) == 0)
			return i + 1;
	return 0;
}

/* "  2" or " 02", or -1. */
static int
day_of(const char *text)
{
	if (text[0] != ' ')
		return -1;
	if (text[1] == ' ' && isdigit((unsigned char)text[2]))
		return text[2] - '0';
	return two(text + 1);
}

static int
year_of(int64_t ms)
{
	time_t at = (time_t)(ms / 1000);
	struct tm parts;

	return localtime_r(&at, &parts) == NULL ? 1970 : parts.tm_year + 1900;
}

/* The hour in the year that goes on from the line before, or of the first line
 * in the last one; neither is later than the file. */
static int64_t
infer_year(const struct line_clock *clock, int month, int day, int hour,
    int64_t within_ms)
{
	int64_t last_ms = clock->last_ms;
	int64_t back_days = YEAR_DAYS;
	int from = year_of(last_ms != 0 ? last_ms : clock->before_ms) + 1;

	for (int year = from; year > from - YEARS_BACK; year--) {
		int64_t at_ms = local_hour(year, month, day, hour, last_ms,
		    within_ms);

		if (at_ms < 0)
			continue;
		if (at_ms + within_ms > clock->before_ms) {
			back_days = EARLIER_DAYS;
			continue;
		}
		if (last_ms == 0)
			return at_ms;
		if (at_ms < last_ms + (YEAR_DAYS - LATE_DAYS) * DAY_MS)
			return at_ms > last_ms - back_days * DAY_MS ? at_ms :
								      -1;
	}
	return -1;
}

/* "Jan  2 03:04:05" */
static const char *
read_local(struct line_clock *clock, const char *line, int64_t *at_ms)
{
	enum { HOUR_LENGTH = 9 };
	int month = month_of(line);
	int day = month > 0 ? day_of(line + 3) : -1;
	int hour = day > 0 && line[6] == ' ' ? two(line + 7) : -1;
	int64_t within_ms;
	const char *rest;

	if (hour < 0 || hour > 23)
		return NULL;
	rest = read_minutes(line + HOUR_LENGTH, &within_ms);
	if (rest == NULL)
		return NULL;
	if (memcmp(clock->hour, line, HOUR_LENGTH) != 0 ||
	    clock->hour[HOUR_LENGTH] != '\0' || clock->hour_ms + within_ms <
		clock->last_ms - SLACK_MINUTES * MINUTE_MS) {
		clock->hour_ms = infer_year(clock, month, day, hour,
		    within_ms);
		memcpy(clock->hour, line, HOUR_LENGTH);
		clock->hour[HOUR_LENGTH] = '\0';
	}
	if (clock->hour_ms < 0) {
		clock->hour[0] = '\0';
		return NULL;
	}
	*at_ms = clock->hour_ms + within_ms;
	return rest;
}

/* --- with a date --------------------------------------------------------- */

/* How long is "Z", "+01:00" or "+0100"? 0: there is none. */
static size_t
zone_length(const char *text)
{
	if (*text == 'Z' || *text == 'z')
		return 1;
	if ((*text != '+' && *text != '-') || two(text + 1) < 0)
		return 0;
	if (text[3] == ':')
		return two(text + 4) < 0 ? 0 : 6;
	return two(text + 3) < 0 ? 0 : 5;
}

/* The hour that "2026-01-02T03" and a zone mean, or -1. */
static int64_t
dated_hour(struct line_clock *clock, const char *line, const char *zone,
    size_t length, int64_t within_ms)
{
	char text[48];
	int64_t ms;

	if (length == 0) {
		int year = two(line) * 100 + two(line + 2);

		return local_hour(year, two(line + 5), two(line + 8),
		    two(line + 11), clock->last_ms, within_ms);
	}
	if (length == 1)
		snprintf(text, sizeof(text), "%.13s:00:00Z", line);
	else
		snprintf(text, sizeof(text), "%.13s:00:00%.3s:%.2s", line,
		    zone, zone + length - 2);
	return clock_parse(text, &ms) == 0 ? ms : -1;
}

/* "2026-01-02T03", as far as it can be seen without a calendar. */
static bool
is_dated(const char *line)
{
	static const char shape[] = "0000-00-00T00";

	for (size_t i = 0; i < sizeof(shape) - 1; i++)
		if (shape[i] == '0' ? !isdigit((unsigned char)line[i]) :
		    shape[i] == 'T' ? line[i] != 'T' && line[i] != ' ' :
				      line[i] != shape[i])
			return false;
	return two(line + 11) <= 23;
}

static const char *
read_dated(struct line_clock *clock, const char *line, int64_t *at_ms)
{
	enum { HOUR_LENGTH = 13 };
	char hour[sizeof(clock->hour)];
	int64_t within_ms;
	const char *rest;
	size_t length;

	if (!is_dated(line))
		return NULL;
	rest = read_minutes(line + HOUR_LENGTH, &within_ms);
	if (rest == NULL)
		return NULL;
	length = zone_length(rest);
	memcpy(hour, line, HOUR_LENGTH);
	memcpy(hour + HOUR_LENGTH, rest, length);
	hour[HOUR_LENGTH + length] = '\0';
	if (strcmp(hour, clock->hour) != 0 || (length == 0 &&
		clock->hour_ms + within_ms <
		    clock->last_ms - SLACK_MINUTES * MINUTE_MS)) {
		clock->hour_ms = dated_hour(clock, line, rest, length,
		    within_ms);
		memcpy(clock->hour, hour, sizeof(hour));
	}
	if (clock->hour_ms < 0) {
		clock->hour[0] = '\0';
		return NULL;
	}
	*at_ms = clock->hour_ms + within_ms;
	return rest + length;
}

const char *
line_time_read(struct line_clock *clock, const char *line, int64_t *at_ms)
{
	const char *rest = isdigit((unsigned char)*line) ?
	    read_dated(clock, line, at_ms) :
	    read_local(clock, line, at_ms);

	if (rest == NULL || (*rest != ' ' && *rest != '\0'))
		return NULL;
	clock->last_ms = *at_ms;
	return rest;
}
