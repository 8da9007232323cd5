/*
 * check_request.h -- record, count and judge a request, on an account's state.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_CHECK_REQUEST_H
#define STORE_CHECK_REQUEST_H

#include "store/round_work.h"

/*
 * Decide a work that is loaded: its state is changed, what follows is noted,
 * and the findings of its checks are filled in (steps 4 and 7 to 10 of the
 * decision, one check after the other).
 */
void check_decide(struct work *, const struct store_setup *, int64_t now_ms);

#endif
