/*
 * clock.h -- what time it is.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two clocks: the wall clock, for what is stored and shown, in milliseconds
 * since 1970-01-01 UTC; and the monotonic clock, for deadlines and time-outs,
 * in milliseconds from an unspecified start (CLOCK_MONOTONIC).
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Wall clock, milliseconds since the epoch; the value set, if one is set. */
int64_t clock_wall_ms(void);

/* Monotonic clock, milliseconds. Never affected by clock_set_wall_ms. */
int64_t clock_mono_ms(void);

/* Monotonic clock, microseconds: for measuring short times. */
int64_t clock_mono_us(void);

/* Make the wall clock stand at ms; 0 lets it run again. For tests. */
void clock_set_wall_ms(int64_t ms);

/* Does the wall clock stand at a value that was set? */
bool clock_is_set(void);

/* Milliseconds from now to a monotonic deadline: 0 if it has passed. */
int clock_left_ms(int64_t deadline_ms);

/* Do nothing for so long, or until a signal. */
void clock_rest_us(int64_t us);

/* Write ms (wall) as RFC 3339 UTC, "2026-01-31T12:00:00Z", NUL included 21 bytes. */
void clock_format(int64_t ms, char text[24]);

/* Its day alone, "2026-01-31". Returns text. */
enum { CLOCK_DAY_SIZE = sizeof("2026-01-31") };
const char *clock_format_day(int64_t ms, char text[CLOCK_DAY_SIZE]);

/*
 * Read RFC 3339, "2026-01-31T12:00:00Z", also with a fraction, "+01:00" or a
 * space for the T. Years are 1970 to 9999. Return 0, or -1 if it is no such
 * time.
 */
int clock_parse(const char *, int64_t *ms);

#endif
