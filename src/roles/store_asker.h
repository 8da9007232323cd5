/*
 * store_asker.h -- asks the store for a worker, beside its loop.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * While the store is asked about some, requests that need it not go on being
 * answered, and those that do are gathered: they are asked about together when
 * the answer is there. So rounds become the longer the more there is to do.
 * All is called by the loop's thread; decisions come back by desk->answer.
 */
#ifndef ROLES_STORE_ASKER_H
#define ROLES_STORE_ASKER_H

#include "policy/store_inquiry.h"

struct asker;

/* NULL, with the cause logged, if there can be no thread. The desk's store is
 * not to be used by others until asker_stop. */
struct asker *asker_start(struct desk *);

/*
 * Wait a little for what is under way, and conclude it. False: the store is
 * still at work and nothing was freed; the process can but end.
 */
bool asker_stop(struct asker *);

/* Becomes readable when it is time for asker_take. */
int asker_fd(const struct asker *);

/* What was under way is done. Returns whether some that were gathered
 * meanwhile have waited for too long: nobody is asked about them. */
bool asker_take(struct asker *);

/* To add to; for as many as there is room for. */
struct inquiry *asker_gathered(struct asker *);
size_t asker_room(const struct asker *);

/*
 * Ask about those that are gathered, unless something is under way; or take to
 * the store what passed without it (memory_unasked.h). is_direct: nobody gains
 * by the loop going on meanwhile, so that the answers are there at the return:
 * then it returns true.
 */
bool asker_go(struct asker *, bool is_direct, int64_t deadline_ms);

/* In how many milliseconds to go again, if nothing happens before. */
int asker_wait_ms(const struct asker *);

/* Is something under way for longer than it may be? */
bool asker_is_stuck(const struct asker *);

#endif
