/*
 * what_if_judge.h -- would the logins of an account have broken a limit? Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_WHAT_IF_JUDGE_H
#define POLICY_WHAT_IF_JUDGE_H

#include "store/store.h"

#include <stddef.h>

/* When an account would have been blocked first, and why. */
struct what_if {
	int64_t at_ms;		/* 0: never */
	struct judgement judgement;
};

/* Judge the logins of one account, of which there is at least one. */
struct what_if what_if_judge(const struct settings *,
    const struct past_login *logins, size_t count);

/*
 * The most of each measure that these logins came to at any moment: a limit
 * below it would have blocked the account. Of an account with very many logins
 * not every moment is looked at.
 */
struct evidence what_if_peaks(const struct settings *,
    const struct past_login *logins, size_t count);

#endif
