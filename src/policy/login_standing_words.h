/*
 * login_standing_words.h -- what is known of a login and its account, in words.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_LOGIN_STANDING_WORDS_H
#define POLICY_LOGIN_STANDING_WORDS_H

#include "config/language.h"
#include "store/finding.h"

/* Room for each of these. They return text. */
enum { STANDING_WORDS_SIZE = 200 };

/* The first day that mail from the place passed, "2026-01-31"; "": none. */
const char *standing_first(const struct standing *,
    char text[STANDING_WORDS_SIZE]);

/* The peak that the limit of a cause goes by; "": it knows none. */
const char *standing_peak(const struct standing *, enum cause,
    char text[STANDING_WORDS_SIZE]);

/* Of the place: "known since 2026-01-31"; "": nothing is told. */
const char *standing_place_words(const struct standing *, enum language,
    char text[STANDING_WORDS_SIZE]);

/* Of the account: "2 places are known, ..."; "": nothing is told. */
const char *standing_account_words(const struct standing *,
    char text[STANDING_WORDS_SIZE]);

#endif
