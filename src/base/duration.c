/*
 * duration.c -- spans of time as they are written: "90s", "15m", "24h".
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/duration.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>

#define LONGEST_S (INT64_C(100) * 366 * 86400)

/* Seconds in a unit of duration; 0 if the letter is none. */
static int64_t
unit_seconds(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return 7 * 86400;
	default:
		return 0;
	}
}

int64_t
duration_parse(const char *string)
{
	int64_t total = 0;
	bool is_plain = true;

	do {
		int64_t number = 0;
		int64_t unit = 1;

		if (!isdigit((unsigned char)*string))
			return -1;
		for (; isdigit((unsigned char)*string); string++) {
			number = number * 10 + (*string - '0');
			if (number > LONGEST_S)
				return -1;
		}
		if (*string != '\0') {
			unit = unit_seconds(*string++);
			is_plain = false;
		} else if (!is_plain) {
			return -1; /* "1h30": thirty what? */
		}
		if (unit == 0)
			return -1;
		total += number * unit;
		if (total > LONGEST_S)
			return -1;
	} while (*string != '\0');
	return total;
}

void
duration_format(int64_t seconds, char text[24])
{
	static const char units[] = "dhm";

	for (const char *unit = units; *unit != '\0'; unit++) {
		int64_t size = unit_seconds(*unit);

		/* A day is written as 24h, as it is spoken of: "in 24h". */
		if (*unit == 'd' && seconds < 2 * size)
			continue;
		if (seconds >= size && seconds % size == 0) {
			snprintf(text, 24, "%lld%c",
			    (long long)(seconds / size), *unit);
			return;
		}
	}
	snprintf(text, 24, "%llds", (long long)seconds);
}
