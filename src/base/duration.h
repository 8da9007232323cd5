/*
 * duration.h -- spans of time as they are written: "90s", "15m", "24h".
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BASE_DURATION_H
#define BASE_DURATION_H

#include <stdint.h>

/*
 * Read a duration: digits with s, m, h, d or w, several added up
 * ("1h30m"), or plain seconds. Return seconds, or -1 if it is none or is
 * longer than 100 years.
 */
int64_t duration_parse(const char *);

/* Write seconds as the shortest exact duration ("90s", "15m", "24h", "30d"). */
void duration_format(int64_t seconds, char text[24]);

#endif
