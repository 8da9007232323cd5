/*
 * memory_unasked.h -- requests that pass unasked (store.memory).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_MEMORY_UNASKED_H
#define POLICY_MEMORY_UNASKED_H

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

/* Whom is it about? To be called first. */
void unasked_query(const struct unasked *, const struct check *,
    struct unasked_query *);

/* Does it pass? */
bool unasked_passes(struct unasked *, const struct check *,
    const struct unasked_query *);

/* The store is going to be asked: the check takes what is held for it. */
void unasked_take(struct unasked *, struct check *, struct unasked_query *);

/* The store has no answer, or is not there: may it pass all the same? */
bool unasked_passes_alone(struct unasked *, const struct check *,
    struct unasked_query *);

/* The store was asked: remember what it says. */
void unasked_note(struct unasked *, struct check *,
    const struct unasked_query *);

/*
 * Some of what passed unasked and is due, for store_check; NULL if there is
 * nothing now, or it is out already. In unasked_wait_ms there may be more.
 * unasked_paid when the store has been asked.
 */
struct owed_batch *unasked_collect(struct unasked *);
void unasked_paid(struct unasked *);
int unasked_wait_ms(const struct unasked *);

/* All of it, at the end of the process. */
void unasked_settle(struct unasked *, struct store *, int64_t deadline_ms);

#endif
