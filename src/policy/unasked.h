/*
 * unasked.h -- requests that pass without asking the store (store.memory).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_UNASKED_H
#define POLICY_UNASKED_H

#include "config/config.h"
#include "store/memory.h"
#include "store/store.h"

struct unasked;

/* load: the number of this configuration. NULL: nothing passes so, because
 * memory is NULL, store.memory is 0, or actions.ok tells counts. */
struct unasked *unasked_new(const struct config *, struct memory *,
    uint64_t load);
void unasked_free(struct unasked *);

/* What is known of a request before the store is asked. */
struct unasked_query {
	struct memory_key key;
	struct memory_mail mail;
	uint64_t stamp;
	int64_t began_ms;
};

/* Does it pass, if it may? If not, the check takes what is held for it, and the
 * query is for unasked_note. */
bool unasked_passes(struct unasked *, struct check *, struct unasked_query *,
    bool may_pass);

/* The store has no answer, or is not there: may it pass all the same? */
bool unasked_passes_alone(struct unasked *, const struct check *,
    struct unasked_query *);

/* The store was asked: remember what it says. */
void unasked_note(struct unasked *, const struct check *,
    const struct unasked_query *);

/*
 * Take to the store some of what passed unasked and is due, if it is time: at
 * once, or in unasked_wait_ms. And all of it, at the end of the process.
 */
void unasked_tend(struct unasked *, struct store *, int64_t deadline_ms);
int unasked_wait_ms(const struct unasked *);
void unasked_settle(struct unasked *, struct store *, int64_t deadline_ms);

#endif
