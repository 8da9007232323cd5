/*
 * line_time.h -- the time at the head of a line of a log.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two ways of writing it: "Jan  2 03:04:05" (RFC 3164), by the local clock and
 * without a year; and "2026-01-02T03:04:05.678901+01:00" (RFC 3339), where the
 * T may be a space, the zone "+0100", and without a zone the clock is local.
 *
 * A year that is not written is inferred: of the first line it is the last one
 * that makes the time not later than the file; from there on the months go
 * forward, and from December on into January of the next year, but not past
 * the time of the file: a line of a clock that was wrong is late. An hour that
 * the local clock has twice, in autumn, is the second one if the lines were
 * past the first.
 */
#ifndef REPLAY_LINE_TIME_H
#define REPLAY_LINE_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* What is known of the lines before: one for each file. */
struct line_clock {
	int64_t before_ms;	/* no line without a year is later */
	int64_t last_ms;	/* the last time read; 0: none */
	char hour[40];		/* how the hour below is written, zone too */
	int64_t hour_ms;
	bool is_local;		/* it is by the local clock */
};

void line_clock_init(struct line_clock *, int64_t before_ms);

/* Read the time; returns what stands behind it, or NULL if there is none. */
const char *line_time_read(struct line_clock *, const char *line,
    int64_t *at_ms);

#endif
