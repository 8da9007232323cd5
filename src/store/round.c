/*
 * round.c -- what is asked of the store at one time, account by account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/round.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/blocking.h"
#include "store/check_request.h"
#include "store/places_completing.h"

#include <stdlib.h>
#include <string.h>

enum {
	/* How long a round waits for a row that somebody has locked and does
	 * not change. */
	LOCK_PATIENCE_MS = 20,
	/* The same if all that is left can be asked again: what comes next
	 * waits for the round's end. */
	DEFER_PATIENCE_MS = 2,
	/* Between two tries, at first and at most. */
	PAUSE_MS = 1,
	PAUSE_MAX_MS = 8,
};

struct round {
	const struct store_setup *setup;
	const struct store_side *side;
	void *self;		/* the side's */
	struct completing completing;	/* the same */
	struct work *works;
	struct check **checks;
	size_t room;
	struct marks marks;
	struct log_limit limit;
};

struct round *
round_new(const struct store_setup *setup, const struct store_side *side,
    void *self)
{
	struct round *round = mem_new(1, sizeof(*round));

	round->setup = setup;
	round->side = side;
	round->self = self;
	round->completing = (struct completing){ setup, side, self };
	marks_init(&round->marks);
	return round;
}

void
round_free(struct round *round)
{
	if (round == NULL)
		return;
	for (size_t i = 0; i < round->room; i++)
		work_clear(&round->works[i]);
	free(round->works);
	free(round->checks);
	free(round);
}

/* --- one try ------------------------------------------------------------- */

static size_t
collect(struct work *const *works, size_t count, struct work **open)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++)
		if (works[i]->progress == WORK_OPEN)
			open[left++] = works[i];
	return left;
}

/*
 * Load, decide and save what is open. Returns how many are done with, or -1 if
 * the store is in trouble.
 */
static int
try(struct round *round, struct work *const *works, size_t count,
    int64_t deadline_ms)
{
	struct work *open[ROUND_WORKS];
	struct work *save[ROUND_WORKS];
	size_t left = collect(works, count, open);
	size_t to_save = 0;
	int64_t now_ms;
	int done = 0;

	for (size_t i = 0; i < left; i++)
		work_reset(open[i]);
	if (round->side->load(round->self, open, left, false, &now_ms,
		deadline_ms) != 0)
		return -1;
	for (size_t i = 0; i < left; i++) {
		struct work *work = open[i];

		if (work->progress == WORK_FAILED)
			continue;
		if (work_is_written(work)) {
			work->progress = WORK_DONE;
			done++;
			continue;
		}
		blocking_afresh(work, round->setup->fresh_ms);
		save[to_save++] = work;
	}
	if (completing_load(&round->completing, save, to_save, now_ms,
		deadline_ms) != 0)
		return -1;
	for (size_t i = 0; i < to_save; i++)
		check_decide(save[i], round->setup, now_ms);
	if (round->side->save(round->self, save, to_save, now_ms,
		deadline_ms) != 0)
		return -1;
	for (size_t i = 0; i < to_save; i++)
		done += save[i]->progress != WORK_OPEN;
	return done;
}

/* A little while, longer from one to the next, not the same for all. */
static void
pause_between(unsigned tries)
{
	int64_t most_ms = PAUSE_MS << (tries < 3 ? tries : 3);

	if (most_ms > PAUSE_MAX_MS)
		most_ms = PAUSE_MAX_MS;
	clock_rest_us(100 +
	    (int64_t)((uint64_t)clock_mono_us() * 7919 % 1000) * most_ms);
}

/* Has any row that is open been changed by somebody since it was last read? */
static bool
is_moving(struct work *const *works, size_t count, uint64_t *seen)
{
	uint64_t sum = 0; /* it may wrap */

	for (size_t i = 0; i < count; i++)
		if (works[i]->progress == WORK_OPEN)
			sum += (uint64_t)works[i]->state.version;
	if (sum == *seen)
		return false;
	*seen = sum;
	return true;
}

/* May all of it be told to ask again? */
static bool
may_defer(struct work *const *works, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (works[i]->kind != WORK_CHECK)
			return false;
		for (size_t k = 0; k < works[i]->check_count; k++)
			if (!works[i]->checks[k]->may_defer)
				return false;
	}
	return true;
}

/* Was any of them sent to be saved? */
static bool
are_signed(struct work *const *works, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (works[i]->saved_version != 0)
			return true;
	return false;
}

static void
set_busy(struct work *const *works, size_t count)
{
	for (size_t i = 0; i < count; i++)
		works[i]->progress = WORK_BUSY;
}

static void
play(struct round *round, struct work *const *works, size_t count,
    int64_t deadline_ms)
{
	int64_t patience_ms = may_defer(works, count) ? DEFER_PATIENCE_MS :
							LOCK_PATIENCE_MS;
	int64_t patient_ms = clock_mono_ms() + patience_ms;
	uint64_t seen = 0;
	unsigned lost = 0;
	bool is_unsure = false;
	size_t left = count;

	for (size_t i = 0; i < count; i++)
		works[i]->marks = &round->marks;
	for (unsigned tries = 0; left > 0; tries++) {
		struct work *open[ROUND_WORKS];
		int done = try(round, works, count, deadline_ms);

		/* A lost connection is made anew, once. */
		if (done < 0 && (lost++ > 0 ||
				    !round->side->may_retry(round->self)))
			break;
		left = collect(works, count, open);
		if (left == 0 || clock_left_ms(deadline_ms) == 0)
			break;
		/* It has to be tried on a connection that is new, too; and what
		 * was sent on the one that was lost may have the row: whoever
		 * asked anew, before that is done, would be counted twice. */
		is_unsure |= done < 0 && are_signed(open, left);
		if (done != 0 || is_moving(works, count, &seen))
			patient_ms = clock_mono_ms() + patience_ms;
		else if (!is_unsure && clock_left_ms(patient_ms) == 0) {
			set_busy(open, left);
			break;
		}
		if (tries > 0)
			pause_between(tries);
	}
	for (size_t i = 0; i < count; i++)
		if (works[i]->progress == WORK_OPEN)
			works[i]->progress = WORK_FAILED;
	round->side->leave(round->self);
}

/* --- rounds -------------------------------------------------------------- */

static void
make_room(struct round *round, size_t count)
{
	if (count <= round->room)
		return;
	round->works = mem_grow(round->works, count, sizeof(*round->works));
	memset(round->works + round->room, 0,
	    (count - round->room) * sizeof(*round->works));
	round->checks = mem_grow(round->checks, count,
	    sizeof(*round->checks));
	round->room = count;
}

/* By account, so that rows are locked in one order; the checks of one account
 * stay as they came. */
static int
by_account(const void *a, const void *b)
{
	const struct check *one = *(struct check *const *)a;
	const struct check *other = *(struct check *const *)b;
	int order = strcmp(one->account, other->account);

	return order != 0 ? order : (one > other) - (one < other);
}

/* One work for the checks of each account; returns how many. */
static size_t
group(struct round *round, struct check *checks, size_t count)
{
	struct work *work = NULL;
	size_t works = 0;
	size_t sorted = 0;

	for (size_t i = 0; i < count; i++) {
		checks[i].result = STORE_FAILED;
		checks[i].is_busy = false;
		if (text_is_utf8(checks[i].account))
			round->checks[sorted++] = &checks[i];
		else
			log_limited(&round->limit, LOG_LEVEL_WARNING,
			    "store: a request failed: an account is not "
			    "UTF-8");
	}
	qsort(round->checks, sorted, sizeof(struct check *), by_account);
	for (size_t i = 0; i < sorted; i++) {
		if (work == NULL || strcmp(work->account,
			round->checks[i]->account) != 0) {
			work = &round->works[works++];
			work->account = round->checks[i]->account;
			work->kind = WORK_CHECK;
			work->checks = &round->checks[i];
			work->check_count = 0;
			work->progress = WORK_OPEN;
			work->saved_version = 0;
			work->mark = 0;
			work->earlier_mark = round->checks[i]->mark;
		}
		/* With others it would have to be asked again. */
		if (round->checks[i]->mark != work->earlier_mark)
			work->earlier_mark = 0;
		work->check_count++;
	}
	return works;
}

/* What tells later whether it was written: of what somebody else kept from
 * being saved nothing was, but who has the row may be the one before. */
static int64_t
mark_left(const struct work *work, const struct check *check)
{
	return work->mark != 0 && work->progress != WORK_BUSY ?
	    work->mark : check->mark;
}

/* It has no answer: may it have been written all the same? */
static void
doubt(struct round *round, const struct work *work, struct check *check)
{
	check->may_be_written = work->saved_version != 0 &&
	    work->progress != WORK_BUSY;
	check->mark = mark_left(work, check);
	if (check->may_be_written && check->mark != 0 &&
	    check == work->checks[0])
		marks_doubt(&round->marks, check->mark);
}

static void
check_some(struct round *round, struct check *checks, size_t count,
    int64_t deadline_ms)
{
	struct work *works[ROUND_WORKS] = { NULL };
	size_t work_count;

	make_room(round, count);
	work_count = group(round, checks, count);
	for (size_t i = 0; i < work_count; i++)
		works[i] = &round->works[i];
	play(round, works, work_count, deadline_ms);
	for (size_t i = 0; i < work_count; i++)
		for (size_t k = 0; k < works[i]->check_count; k++) {
			struct check *check = works[i]->checks[k];

			check->is_busy = works[i]->progress == WORK_BUSY;
			check->result = works[i]->progress == WORK_DONE ?
			    STORE_DONE : STORE_FAILED;
			check->may_be_written = false;
			if (check->result == STORE_DONE)
				check->mark = 0;
			else
				doubt(round, works[i], check);
		}
}

void
round_check(struct round *round, struct check *checks, size_t count,
    int64_t deadline_ms)
{
	for (size_t i = 0; i < count; i += ROUND_WORKS)
		check_some(round, checks + i,
		    count - i < ROUND_WORKS ? count - i : ROUND_WORKS,
		    deadline_ms);
}

void
round_play(struct round *round, struct work *const *works, size_t count,
    int64_t deadline_ms)
{
	for (size_t i = 0; i < count; i += ROUND_WORKS)
		play(round, works + i,
		    count - i < ROUND_WORKS ? count - i : ROUND_WORKS,
		    deadline_ms);
}

int
round_read(struct round *round, struct work *work, struct settings *settings,
    int64_t *now_ms, int64_t deadline_ms)
{
	int result;

	work_reset(work);
	result = round->side->load(round->self, &work, 1, true, now_ms,
	    deadline_ms);
	if (result == 0 && work->progress == WORK_OPEN) {
		*settings = work_settings(work, settings);
		blocking_afresh(work, round->setup->fresh_ms);
		state_clamp(&work->state, *now_ms);
		result = completing_read(&round->completing, work, settings,
		    *now_ms, deadline_ms);
	}
	round->side->leave(round->self);
	return work->progress == WORK_OPEN ? result : -1;
}
