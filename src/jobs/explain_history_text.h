/*
 * explain_history_text.h -- what an account's history says, for people.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_EXPLAIN_HISTORY_TEXT_H
#define JOBS_EXPLAIN_HISTORY_TEXT_H

#include "policy/decide.h"

#include <stdio.h>

/* Print the part of --explain that begins with "History". */
void explain_history_show(FILE *, const struct desk *,
    const struct account_record *);

#endif
