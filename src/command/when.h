/*
 * when.h -- times as people read them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef COMMAND_WHEN_H
#define COMMAND_WHEN_H

#include <stdint.h>

enum { WHEN_SIZE = 40 };

/* A span in its largest unit, rounded down: "40 s", "12 min", "3 h",
 * "21 days". */
const char *when_span(int64_t ms, char text[WHEN_SIZE]);

/* "12 min ago", "in 3 h", "now". */
const char *when_ago(int64_t ms, int64_t now_ms, char text[WHEN_SIZE]);

/* In the local time zone: "2026-01-31 13:00:00 CET". */
const char *when_local(int64_t ms, char text[WHEN_SIZE]);

#endif
