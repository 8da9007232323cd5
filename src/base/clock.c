/*
 * clock.c -- what time it is.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/clock.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* The one value that tests may set; the daemon never does. */
static int64_t set_wall_ms;

static int64_t
read_us(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
clock_wall_ms(void)
{
	return set_wall_ms != 0 ? set_wall_ms : read_us(CLOCK_REALTIME) / 1000;
}

int64_t
clock_mono_ms(void)
{
	return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t
clock_mono_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

void
clock_set_wall_ms(int64_t ms)
{
	set_wall_ms = ms;
}

bool
clock_is_set(void)
{
	return set_wall_ms != 0;
}

int
clock_left_ms(int64_t deadline_ms)
{
	int64_t left = deadline_ms - clock_mono_ms();

	if (left <= 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

void
clock_rest_us(int64_t us)
{
	struct timespec pause = { .tv_sec = us / 1000000,
		.tv_nsec = us % 1000000 * 1000 };

	nanosleep(&pause, NULL);
}

void
clock_format(int64_t ms, char text[24])
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm parts;

	if (gmtime_r(&seconds, &parts) == NULL ||
	    strftime(text, 24, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		strcpy(text, "-");
}

const char *
clock_format_day(int64_t ms, char text[CLOCK_DAY_SIZE])
{
	char time[24];

	clock_format(ms, time);
	snprintf(text, CLOCK_DAY_SIZE, "%.10s", time);
	return text;
}

/* The first moment that four digits of a year cannot tell. */
#define YEAR_10000_MS INT64_C(253402300800000)

/* Days from 1970-01-01 to a date of the Gregorian calendar; -1: there is no
 * such date. */
static int64_t
days_of(int year, int month, int day)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243,
		273, 304, 334, 365 };
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	int last = year - 1;	/* the last whole year */
	int length;

	if (year < 1970 || year > 9999 || month < 1 || month > 12)
		return -1;
	length = before[month] - before[month - 1] + (month == 2 && is_leap);
	if (day < 1 || day > length)
		return -1;
	return (int64_t)(year - 1970) * 365 + (last / 4 - 1969 / 4) -
	    (last / 100 - 1969 / 100) + (last / 400 - 1969 / 400) +
	    before[month - 1] + (month > 2 && is_leap) + day - 1;
}

/* "Z" or "+01:00": minutes east of Greenwich, and nothing behind it. */
static int
parse_zone(const char *text, int *minutes)
{
	int hour = 0;
	int minute = 0;
	int end = 0;

	*minutes = 0;
	if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
		return 0;
	if ((*text != '+' && *text != '-') ||
	    strspn(text + 1, "0123456789") != 2 ||
	    sscanf(text + 1, "%2d:%2d%n", &hour, &minute, &end) != 2 ||
	    end != 5 || text[6] != '\0' || hour > 23 || minute < 0 ||
	    minute > 59)
		return -1;
	*minutes = (*text == '-' ? -1 : 1) * (hour * 60 + minute);
	return 0;
}

int
clock_parse(const char *text, int64_t *ms)
{
	static const char shape[] = "0000-00-00T00:00:00";
	int part[6];
	int thousandths = 0;
	int unit = 100;
	int zone;
	int64_t days;

	*ms = -1;
	for (size_t i = 0; i < sizeof(shape) - 1; i++)
		if (shape[i] == '0' ? text[i] < '0' || text[i] > '9' :
		    shape[i] == 'T' ? strchr("Tt ", text[i]) == NULL ||
			    text[i] == '\0' : text[i] != shape[i])
			return -1;
	sscanf(text, "%4d-%2d-%2d%*c%2d:%2d:%2d", &part[0], &part[1], &part[2],
	    &part[3], &part[4], &part[5]);
	text += sizeof(shape) - 1;
	if (*text == '.' && (text[1] < '0' || text[1] > '9'))
		return -1;
	if (*text == '.')
		for (text++; *text >= '0' && *text <= '9'; text++, unit /= 10)
			thousandths += (*text - '0') * unit;
	days = days_of(part[0], part[1], part[2]);
	if (days < 0 || part[3] > 23 || part[4] > 59 || part[5] > 60 ||
	    parse_zone(text, &zone) != 0)
		return -1;
	*ms = (((days * 24 + part[3]) * 60 + part[4] - zone) * 60 + part[5]) *
	    1000 + thousandths;
	return *ms >= 0 && *ms < YEAR_10000_MS ? 0 : -1;
}
