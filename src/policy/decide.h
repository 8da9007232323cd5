/*
 * decide.h -- a round of requests: ask the facts in order, and answer.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_DECIDE_H
#define POLICY_DECIDE_H

#include "config/config.h"
#include "directory/account_lookup.h"
#include "geo/geo.h"
#include "policy/account_configured.h"
#include "policy/memory_unasked.h"
#include "policy/reply.h"
#include "policy/request.h"
#include "store/blocked.h"
#include "store/finding.h"
#include "store/noted_queue.h"
#include "store/store.h"

/* Requests of one round: more wait for the next. */
enum { ROUND_MAX = 64 };

struct decision;

/* Whom a process asks: opened after fork. */
struct desk {
	const struct config *config;
	struct geo *geo;
	struct accounts *accounts;
	struct configured *overrides;
	struct store *store;
	struct blocked *blocked;	/* shared; NULL: none. Not closed here */
	struct unasked *unasked;	/* NULL: each is asked for */
	struct noted *noted;	/* likewise */
	bool may_defer;		/* OUTCOME_BUSY is understood */
	/* Given each decision when it is made: those that need not wait for
	 * the store are, before it is asked. May be NULL. */
	void (*answer)(void *, struct decision *);
	void *answerer;
};

/* Open all of them. Return 0, or -1 after logging why. */
int desk_open(struct desk *, const struct config *, const struct geo_paths *);
void desk_close(struct desk *);

enum outcome {
	OUTCOME_PASS,
	OUTCOME_NO_ACCOUNT,	/* nobody logged in, or nobody we count */
	OUTCOME_EXEMPT,		/* the account is exempt */
	OUTCOME_BLOCKED,
	OUTCOME_OVER_LIMIT,
	OUTCOME_OVER_RATE,
	OUTCOME_DEFERRED,	/* too much from a new place */
	OUTCOME_ERROR,		/* there is no answer from the store */
	OUTCOME_BUSY,		/* nor yet a decision: decide it again */
	OUTCOME_COUNT
};

struct decision {
	const struct request *request;	/* given */
	int64_t late_us;	/* given: when it has waited for too long to
				 * be asked about (clock_mono_us); 0: never */
	enum outcome outcome;
	bool is_observed;	/* outcome is what would be: the answer is ok */
	bool is_network_exempt;	/* the login does not count */
	enum { UNSTAGED, AT_STAGE, OFF_STAGE } stage;	/* of rates.stage */
	char account[ACCOUNT_SIZE];
	struct login login;
	struct finding finding;
	bool is_found;		/* by the store: its counts are there */
	bool is_unasked;	/* it passed by what the store said before */
	char action[REPLY_SIZE];
};

/* The name of an outcome: "pass", "blocked", ... */
const char *decide_outcome(enum outcome);

/* Decide one by the deadline; it is not left without an answer, unless
 * desk->may_defer and the account is OUTCOME_BUSY. If the deadline has passed,
 * neither the directory nor the store is asked. */
void decide(struct desk *, struct decision *, int64_t deadline_ms);

/*
 * The same of many, and in parts. Those that the store has to be asked for are
 * added to the inquiry (store_inquiry.h), which has room for them; the others
 * are decided. They all stay where they are until they are decided.
 */
struct inquiry;
void decide_begin(struct desk *, struct decision *const *, size_t count,
    struct inquiry *, int64_t deadline_ms);

/* The outcome is known: make the answer, and give it to desk->answer. */
void decide_end(const struct desk *, struct decision *);

/*
 * Where does an address log in from? Fill in login for it: what it is masked
 * to, its country and autonomous system, and whose it is; the network stays
 * empty if it is exempt or a provider's. Returns false if it is not an
 * address.
 */
bool decide_login(const struct desk *, const char *address, struct login *,
    bool *is_exempt);

#endif
