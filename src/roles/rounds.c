/*
 * rounds.c -- the requests that wait, decided and answered together.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/rounds.h"

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/mem.h"
#include "policy/decision_journal.h"

#include <stdlib.h>

enum {
	/* Requests that are being decided: the store is asked about those of
	 * one round, and those of another are gathered. */
	DECISIONS = 2 * ROUND_MAX,
	/* How many of the requests ask the store, lately, in this many. */
	ALL = 256,
	/* Who was in the last round is waited for, after its end, for such a
	 * part of the time it took; not if it was so short that the kernel's
	 * timers, which are late by 50 us, would make it longer. */
	PAUSE_PART = 4,
	PAUSE_MOST_US = 1000,
	PAUSE_LEAST_US = 50,
};

struct rounds {
	struct desk *desk;
	struct clients *clients;
	struct asker *asker;
	struct log_limit late_limit;
	int share;		/* of those that ask, lately, of ALL */
	int64_t pause_end_us;
	/* Who is being answered, and what; those that are free. */
	struct client *asking[DECISIONS];
	struct decision decisions[DECISIONS];
	struct decision *free[DECISIONS];
	size_t free_count;
	/* Decided, and to be answered. */
	struct decision *done[DECISIONS];
	size_t done_count;
};

/*
 * The time a round may take: half the deadline, because a request that comes
 * just after a round began waits for its end, and then has its own round.
 */
static int64_t
round_us(const struct rounds *rounds)
{
	return (int64_t)rounds->desk->config->server.deadline_ms * 500;
}

/* Who had to wait for more than that, because more came than one round takes,
 * gets an answer at once: nobody is asked. */
static void
warn_of_late(struct rounds *rounds)
{
	log_limited(&rounds->late_limit, LOG_LEVEL_WARNING, "more requests "
	    "come than the store answers within server.deadline: some get "
	    "actions.error");
}

/* It is decided; or it is to be decided again, later. */
static void
note_done(void *opaque, struct decision *decision)
{
	struct rounds *rounds = opaque;

	rounds->done[rounds->done_count++] = decision;
}

static struct client *
client_of(const struct rounds *rounds, const struct decision *decision)
{
	return rounds->asking[decision - rounds->decisions];
}

static void
tell(const struct rounds *rounds, const struct decision *decision)
{
	const struct session *session =
	    clients_session(client_of(rounds, decision));
	int64_t took_us = clock_mono_us() - session_since_us(session);

	counters_add(STAT_REQUEST_US, (uint64_t)took_us);
	counters_observe(STAT_REQUEST_TIME_0, (uint64_t)took_us);
	journal_decision(rounds->desk->config, decision, took_us);
}

/* The requests' bytes go with the answers, and who has an answer finds it in
 * the log: log first. */
static void
answer_all(struct rounds *rounds)
{
	if (rounds->done_count == 0)
		return;
	log_hold();
	for (size_t i = 0; i < rounds->done_count; i++)
		if (rounds->done[i]->outcome != OUTCOME_BUSY)
			tell(rounds, rounds->done[i]);
	log_release();
	for (size_t i = 0; i < rounds->done_count; i++) {
		struct decision *decision = rounds->done[i];
		struct client *client = client_of(rounds, decision);

		rounds->free[rounds->free_count++] = decision;
		if (decision->outcome == OUTCOME_BUSY)
			clients_defer(rounds->clients, client);
		else
			clients_answer(rounds->clients, client,
			    decision->action);
	}
	rounds->done_count = 0;
}

struct rounds *
rounds_new(struct desk *desk, struct clients *clients, struct asker *asker)
{
	struct rounds *rounds = mem_new(1, sizeof(*rounds));

	rounds->desk = desk;
	rounds->clients = clients;
	rounds->asker = asker;
	for (size_t i = 0; i < DECISIONS; i++)
		rounds->free[rounds->free_count++] = &rounds->decisions[i];
	desk->may_defer = true;
	desk->answer = note_done;
	desk->answerer = rounds;
	return rounds;
}

void
rounds_free(struct rounds *rounds)
{
	free(rounds);
}

void
rounds_take(struct rounds *rounds)
{
	if (asker_take(rounds->asker))
		warn_of_late(rounds);
	answer_all(rounds);
}

bool
rounds_end(struct rounds *rounds)
{
	if (!asker_stop(rounds->asker))
		return false;
	answer_all(rounds);
	return true;
}

void
rounds_rested(struct rounds *rounds)
{
	clients_expect(rounds->clients, round_us(rounds));
}

/* Take what waits, as much as can be asked about; returns how many. */
static size_t
take_round(struct rounds *rounds, struct decision *round[ROUND_MAX],
    int64_t now_us, bool is_late)
{
	size_t most = asker_room(rounds->asker);
	size_t count = 0;

	while (count < most && clients_have_next(rounds->clients) &&
	    clients_next_is_late(rounds->clients, now_us) == is_late) {
		struct client *client = clients_next(rounds->clients);
		struct decision *decision =
		    rounds->free[--rounds->free_count];

		rounds->asking[decision - rounds->decisions] = client;
		decision->request = session_request(clients_session(client));
		decision->late_us = clients_late_us(client);
		round[count++] = decision;
	}
	return count;
}

/* How many of them had to ask? */
static void
note_share(struct rounds *rounds, size_t asked, size_t count)
{
	rounds->share += ((int)(ALL * asked / count) - rounds->share) / 8;
}

/* Does nobody gain if others are served while the store is asked? */
static bool
is_direct(const struct rounds *rounds)
{
	return rounds->desk->unasked == NULL || rounds->share > ALL / 2 ||
	    asker_gathered(rounds->asker)->count >=
	    clients_count(rounds->clients);
}

/* When the next round must be over. */
static int64_t
must_end_ms(int64_t deadline_ms, int64_t stop_ms)
{
	return stop_ms != 0 && stop_ms < deadline_ms ? stop_ms : deadline_ms;
}

/* Have the store asked; if it has answered already, so are those that wait. */
static void
ask(struct rounds *rounds, int64_t deadline_ms)
{
	int64_t began_us = clock_mono_us();
	int64_t end_us, pause_us;

	if (!asker_go(rounds->asker, is_direct(rounds), deadline_ms)) {
		answer_all(rounds);
		return;
	}
	clients_see_off(rounds->clients);
	answer_all(rounds);
	end_us = clock_mono_us();
	pause_us = (end_us - began_us) / PAUSE_PART;
	rounds->pause_end_us = end_us +
	    (pause_us < PAUSE_MOST_US ? pause_us : PAUSE_MOST_US);
}

unsigned
rounds_pause_us(const struct rounds *rounds)
{
	int64_t left_us = rounds->pause_end_us - clock_mono_us();
	size_t waiting;

	if (left_us < PAUSE_LEAST_US || !is_direct(rounds))
		return 0;
	waiting = clients_waiting(rounds->clients);
	return waiting > 0 && clients_away(rounds->clients) >= waiting ?
	    (unsigned)left_us : 0;
}

void
rounds_play(struct rounds *rounds, int64_t stop_ms)
{
	int64_t began_us = clock_mono_us();
	bool is_late = clients_next_is_late(rounds->clients, began_us);
	struct decision *round[ROUND_MAX];
	size_t count = take_round(rounds, round, began_us, is_late);
	struct inquiry *inquiry = asker_gathered(rounds->asker);
	size_t before = inquiry->count;
	int64_t deadline_ms = clock_mono_ms() + round_us(rounds) / 1000;

	if (count > 0) {
		if (is_late)
			warn_of_late(rounds);
		decide_begin(rounds->desk, round, count, inquiry,
		    is_late ? began_us / 1000 : deadline_ms);
		note_share(rounds, inquiry->count - before, count);
		answer_all(rounds);
	}
	ask(rounds, must_end_ms(deadline_ms, stop_ms));
	/* What is read next may have waited all that time, and a pause. */
	clients_expect(rounds->clients, round_us(rounds) - PAUSE_MOST_US -
	    (clock_mono_us() - began_us));
}
