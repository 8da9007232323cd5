/*
 * when.c -- times as people read them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "command/when.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

const char *
when_span(int64_t ms, char text[WHEN_SIZE])
{
	/* A unit is used from twice its length on: "90 min" tells more than
	 * "1 h". */
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = { { "years", 365 * 86400 }, { "days", 86400 },
		{ "h", 3600 }, { "min", 60 }, { "s", 1 } };
	int64_t seconds = ms / 1000;
	size_t i = 0;

	while (i < sizeof(units) / sizeof(units[0]) - 1 &&
	    seconds < 2 * units[i].seconds)
		i++;
	snprintf(text, WHEN_SIZE, "%lld %s",
	    (long long)(seconds / units[i].seconds), units[i].name);
	return text;
}

const char *
when_ago(int64_t ms, int64_t now_ms, char text[WHEN_SIZE])
{
	char span[WHEN_SIZE];

	if (ms > now_ms - 1000 && ms < now_ms + 1000)
		return strcpy(text, "now");
	when_span(ms > now_ms ? ms - now_ms : now_ms - ms, span);
	snprintf(text, WHEN_SIZE, ms > now_ms ? "in %.30s" : "%.30s ago", span);
	return text;
}

const char *
when_local(int64_t ms, char text[WHEN_SIZE])
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm parts;

	if (localtime_r(&seconds, &parts) == NULL ||
	    strftime(text, WHEN_SIZE, "%Y-%m-%d %H:%M:%S %Z", &parts) == 0)
		strcpy(text, "-");
	return text;
}
