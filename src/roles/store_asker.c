/*
 * store_asker.c -- asks the store for a worker, beside its loop.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/store_asker.h"

#include "base/clock.h"
#include "base/mem.h"
#include "server/work_thread.h"
#include "store/memory_owed.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

enum {
	/* A server that hung up is noticed so soon. */
	TEND_MS = 1000,
	STOP_MS = 0,	/* what is under way has a deadline */
};

struct asker {
	struct desk *desk;
	struct work_thread *thread;
	pthread_mutex_t lock;		/* of the store */
	struct inquiry inquiries[2];
	struct inquiry *gathered;
	/* Under way, and then the thread's: an inquiry, or else a batch. */
	bool is_out;
	struct inquiry *asked;
	struct owed_batch *paid;
	int64_t deadline_ms;
};

/* In the thread. */
static void
work(void *opaque, void *job)
{
	struct asker *asker = opaque;
	struct store *store = asker->desk->store;

	(void)job;
	pthread_mutex_lock(&asker->lock);
	if (asker->asked != NULL)
		inquiry_ask(store, asker->asked, asker->deadline_ms);
	else
		store_check(store, asker->paid->checks, asker->paid->count,
		    asker->deadline_ms);
	pthread_mutex_unlock(&asker->lock);
}

static int
tend(void *opaque)
{
	struct asker *asker = opaque;
	int wait_ms;

	pthread_mutex_lock(&asker->lock);
	wait_ms = store_tend(asker->desk->store);
	pthread_mutex_unlock(&asker->lock);
	return wait_ms < 0 || wait_ms > TEND_MS ? TEND_MS : wait_ms;
}

struct asker *
asker_start(struct desk *desk)
{
	struct asker *asker = mem_new(1, sizeof(*asker));
	const struct thread_work thread = { asker, work, tend };

	asker->desk = desk;
	asker->gathered = &asker->inquiries[0];
	pthread_mutex_init(&asker->lock, NULL);
	asker->thread = work_thread_start(&thread);
	if (asker->thread != NULL)
		return asker;
	pthread_mutex_destroy(&asker->lock);
	free(asker);
	return NULL;
}

static void
give(struct asker *asker)
{
	asker->is_out = true;
	work_thread_give(asker->thread, asker, 0);
}

/* It came back. */
static void
conclude(struct asker *asker)
{
	asker->is_out = false;
	if (asker->asked != NULL)
		inquiry_end(asker->desk, asker->asked);
	else
		unasked_paid(asker->desk->unasked);
}

static void
drop(void *job)
{
	(void)job; /* ours */
}

bool
asker_stop(struct asker *asker)
{
	if (asker == NULL)
		return true;
	if (!work_thread_stop(asker->thread, STOP_MS, drop))
		return false;
	if (asker->is_out)
		conclude(asker);
	pthread_mutex_destroy(&asker->lock);
	free(asker);
	return true;
}

int
asker_fd(const struct asker *asker)
{
	return work_thread_fd(asker->thread);
}

bool
asker_take(struct asker *asker)
{
	if (work_thread_take(asker->thread) == NULL)
		return false;
	conclude(asker);
	return inquiry_look_again(asker->desk, asker->gathered);
}

struct inquiry *
asker_gathered(struct asker *asker)
{
	return asker->gathered;
}

size_t
asker_room(const struct asker *asker)
{
	return ROUND_MAX - asker->gathered->count;
}

/* Without a thread in between, which costs two changes of context. */
static void
ask_directly(struct asker *asker, int64_t deadline_ms)
{
	struct inquiry *inquiry = asker->gathered;
	bool has_failed = false;

	pthread_mutex_lock(&asker->lock);
	inquiry_ask(asker->desk->store, inquiry, deadline_ms);
	pthread_mutex_unlock(&asker->lock);
	for (size_t i = 0; i < inquiry->count; i++)
		has_failed |= inquiry->checks[i].result != STORE_DONE;
	/* It may have to be tried again soon. */
	if (has_failed)
		work_thread_wake(asker->thread);
	inquiry_end(asker->desk, inquiry);
}

/* By turns, so that neither waits for ever. */
static bool
pay(struct asker *asker)
{
	if (asker->asked == NULL && asker->gathered->count > 0)
		return false;
	asker->paid = unasked_collect(asker->desk->unasked);
	if (asker->paid == NULL)
		return false;
	asker->asked = NULL;
	give(asker);
	return true;
}

bool
asker_go(struct asker *asker, bool is_direct, int64_t deadline_ms)
{
	if (asker->is_out)
		return false;
	asker->deadline_ms = deadline_ms;
	if (pay(asker) || asker->gathered->count == 0)
		return false;
	inquiry_prepare(asker->desk, asker->gathered);
	asker->asked = asker->gathered;
	if (is_direct) {
		ask_directly(asker, deadline_ms);
		return true;
	}
	asker->gathered = asker->asked == &asker->inquiries[0] ?
	    &asker->inquiries[1] : &asker->inquiries[0];
	give(asker);
	return false;
}

int
asker_wait_ms(const struct asker *asker)
{
	return asker->is_out ? INT_MAX : unasked_wait_ms(asker->desk->unasked);
}

bool
asker_is_stuck(const struct asker *asker)
{
	return asker->is_out && clock_left_ms(asker->deadline_ms) == 0;
}
