/*
 * mode_change.h -- when a store went from observe to enforce.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was counted while nobody was blocked blocks nobody afterwards, unless
 * observe.carry says so: each account's count starts afresh at the change. All
 * servers of a store go by the last change of any of them, which stands in the
 * store: table mode has a row a host. A host that has none, as a container has
 * a new name each time, follows the one that spoke last.
 */
#ifndef STORE_MODE_CHANGE_H
#define STORE_MODE_CHANGE_H

#include "store/store.h"

/*
 * Before the first decision of a process of the server: tell the store its
 * mode, and hear since when counts hold. STORE_FAILED: it is tried again the
 * next time. Does nothing for a store that has not joined (store_join).
 */
enum store_result mode_change_take(struct store *, int64_t deadline_ms);

/* Read it; a process of the server tells the others. */
enum store_result mode_change_read(struct store *, int64_t deadline_ms);

/* From when on counts hold for this store; 0: always. As it is known, or as
 * another process of this server knows it (process_news.h). */
int64_t mode_change_ms(const struct store *);

/* Since when the attempts of blocked accounts are written down, as it was read
 * last; 0: they are not. */
int64_t mode_change_recorded_ms(const struct store *);

#endif
