/*
 * store_inquiry.h -- the requests that the store is asked for together.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * They are gathered, prepared, asked for, and ended, in this order. All but
 * the asking is done by who has the desk; while another thread asks, the
 * inquiry is that thread's.
 */
#ifndef POLICY_STORE_INQUIRY_H
#define POLICY_STORE_INQUIRY_H

#include "policy/decide.h"

struct inquiry {
	size_t count;
	struct decision *decisions[ROUND_MAX];
	struct check checks[ROUND_MAX];
	struct unasked_query queries[ROUND_MAX];
};

/*
 * Is it decided without the store, because it passed a moment ago, or because
 * the deadline has passed? If not it is added to the inquiry.
 */
bool inquiry_decides(struct desk *, struct inquiry *, struct decision *,
    int64_t deadline_ms);

/* They have waited: those that pass by now are decided, and those that it was
 * too long for. Returns whether there were any of these. */
bool inquiry_look_again(struct desk *, struct inquiry *);

/* They are going to be asked for: each takes the mails that passed before it. */
void inquiry_prepare(struct desk *, struct inquiry *);

/* Steps 4 and 7 to 10, by the deadline. It is not empty. */
void inquiry_ask(struct store *, struct inquiry *, int64_t deadline_ms);

/* The store was asked: all of them are decided, and it is empty. */
void inquiry_end(struct desk *, struct inquiry *);

#endif
