/*
 * time_json.c -- a moment and a day as JSON. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/time_json.h"

#include "base/clock.h"

json_t *
show_time(int64_t ms)
{
	char text[24];

	if (ms == 0)
		return json_null();
	clock_format(ms, text);
	return json_string(text);
}

json_t *
show_day(int64_t ms)
{
	char text[CLOCK_DAY_SIZE];

	return ms == 0 ? json_null() :
			 json_string(clock_format_day(ms, text));
}
