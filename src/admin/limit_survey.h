/*
 * limit_survey.h -- whom each value of each limit would have blocked.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One walk over all logins that are kept tells the most that each account came
 * to (what_if_peaks); every point of every curve follows from that. The result
 * is kept for a while. An account that a limit does not bind, since it is
 * exempt or has its own, is not counted by it.
 */
#ifndef ADMIN_LIMIT_SURVEY_H
#define ADMIN_LIMIT_SURVEY_H

#include "admin/admin.h"

/* Values of a limit that are told of; an account beyond is beyond all. */
enum { LIMIT_SURVEY_VALUES = 100 };

/* What one account came to. */
struct limit_peak {
	char *account;
	uint16_t found[MEASURE_COUNT];	/* 0: the limit does not bind it */
};

struct limit_survey {
	int64_t made_ms;		/* wall clock */
	int64_t until_ms;		/* monotonic: a new one is made then */
	bool is_whole;			/* time was enough for all accounts */
	uint64_t accounts;		/* looked at */
	struct limit_peak *peaks;	/* of those that came to anything */
	size_t count, room;
	/* [m][v]: accounts that the limit v of the measure would block. */
	uint64_t blocked[MEASURE_COUNT][LIMIT_SURVEY_VALUES];
};

/* The survey of a desk, made anew if it is old; NULL: the store does not
 * answer. It stays the desk's. */
const struct limit_survey *limit_survey_of(struct admin *,
    int64_t deadline_ms);
void limit_survey_free(struct limit_survey *);

#endif
