/*
 * clock.c -- what time it is.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/clock.h"

#include <limits.h>
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
clock_format(int64_t ms, char text[24])
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm parts;

	if (gmtime_r(&seconds, &parts) == NULL ||
	    strftime(text, 24, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		strcpy(text, "-");
}
