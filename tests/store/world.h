/*
 * world.h -- what a script's steps work on.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_STORE_WORLD_H
#define TESTS_STORE_WORLD_H

#include "base/text.h"
#include "config/config.h"
#include "store/store.h"
#include "side.h"

struct world {
	enum side_kind kind;
	struct side *side;
	struct config config;
	struct store *store;	/* a worker's */
	struct store *console;	/* an administrator's */
};

/* A configuration with the program's defaults, and two stores. */
void world_open(struct world *, enum side_kind);
void world_close(struct world *);

/*
 * Close what is open, to fork, and open it again after that: an SQLite handle
 * must not cross a fork, nor may any other of the process be open then.
 */
void world_let_go(struct world *);
/* A store with the memory that a server's workers share. */
struct store *world_store(const struct config *);
void world_take_up(struct world *);

/* Checks, those of accounts whose row somebody else has asked again. */
void world_checks(struct store *, struct check *, size_t count);

/* A deadline that a busy machine keeps. */
int64_t world_deadline(void);

/* "+24h", "+24h-1ms": wall clock, milliseconds. Fails the test if it is no
 * time. */
int64_t world_time(const char *);
/* The reverse: "+86400000"; "0" is 0. */
const char *world_show(int64_t ms, char text[32]);

/* Set one value of the configuration. */
void world_set(struct world *, const char *key, const char *value);

/* The word of a cause, "rate" and the like. */
const char *world_cause(enum cause);

/* What a step tells: the finding of a request, an account's record. */
void tell_check(struct text *, const struct check *);
void tell_record(struct text *, const struct account_record *);

#endif
