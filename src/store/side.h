/*
 * side.h -- what a side of the store implements; only store.c and the
 * sides include it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SIDE_H
#define STORE_SIDE_H

#include "store/query.h"
#include "store/store.h"
#include "store/trouble.h"

/* Who makes changes: see store_act_as. name NULL: nobody, no trail. */
struct actor {
	const char *name, *origin;
};

/* The tables that are cleaned, in this order. */
enum clean_table {
	CLEAN_LOGINS,
	CLEAN_BLOCKS,
	CLEAN_ACCOUNTS,
	CLEAN_OUTBOX,
	CLEAN_HITS,
	CLEAN_TABLES
};

/* A walk over the primary key of a table: where it stands, how it goes on. */
struct clean_walk {
	enum clean_table table;
	int64_t before_ms;	/* what is older goes */
	unsigned rows;		/* to look at in one batch */
	char *account, *network;	/* the key of the last row seen, or NULL */
	bool is_over;
	uint64_t deleted;
};

/*
 * A long list of custom settings, see override_list.h: parts of it in JSON, which are
 * freed and NULL when they were read, and what the audit trail says of it.
 */
struct list_order {
	char **parts;
	size_t part_count;
	const char *detail;
	const char *owner;	/* of the turn to do so, which is to be kept */
};
#define LIST_TURN "list"
enum { LIST_TURN_S = 10 };

struct work;
struct listener;
struct hearing;

/* One row of functions a side; what they do is said in store.h. */
struct store_side {
	void *(*open)(const struct store_setup *);	/* borrowed */
	void (*close)(void *);
	struct trouble *(*trouble)(void *);
	int (*tend)(void *);
	void (*rest)(void *);	/* nobody waits: tidy up; may be NULL */
	enum store_result (*init)(void *, bool may_create, int64_t deadline_ms);
	/* As store_init_proxy; NULL: it can be none. */
	enum store_result (*init_proxy)(void *, int64_t deadline_ms);
	/*
	 * Load the states of works, which are reset, and what is laid over
	 * their settings; now_ms is the store's clock. A work of which
	 * something cannot be read has failed. is_read: nothing will be saved.
	 * Return 0, or -1 if the store is in trouble, after logging it.
	 */
	int (*load)(void *, struct work *const *, size_t, bool is_read,
	    int64_t *now_ms, int64_t deadline_ms);
	/* Load work->older of some of them, and work->rows of those networks
	 * of their checks that their states do not hold. */
	int (*load_older)(void *, struct work *const *, size_t,
	    int64_t deadline_ms);
	/* Load work->rows of one of them: its logins, the newest first. */
	int (*load_rows)(void *, struct work *, size_t most,
	    int64_t deadline_ms);
	/* Save what follows of those works whose rows did not change since
	 * they were loaded: these are WORK_DONE then. */
	int (*save)(void *, struct work *const *, size_t, int64_t now_ms,
	    int64_t deadline_ms);
	/* The store was in trouble: may another try do better at once? */
	bool (*may_retry)(void *);
	void (*leave)(void *);	/* the round is over */
	enum store_result (*clean_batch)(void *, struct clean_walk *,
	    int64_t deadline_ms);
	/* Put a long list in place of the custom settings without keeping
	 * others waiting; remove what was left of one that was broken off.
	 * NULL: nobody waits for one that is done in one transaction. */
	enum store_result (*replace_list)(void *, struct list_order *,
	    int64_t deadline_ms);
	enum store_result (*tidy_lists)(void *, const char *owner,
	    int64_t deadline_ms);
	void (*act_as)(void *, const struct actor *);
	/* As store_share; NULL: there is no use for it. */
	void (*share)(void *, struct recent *);
	/* As store_hear, but for memory_ms. */
	void (*hear)(void *, const struct listener *, struct hearing *);
	/*
	 * What query.h is made of. begin: nothing need be done before the
	 * first run. next: the rows of the last run, 1, 0: no more, -1.
	 * end: keep what was done, or undo it; also after a failure. Those
	 * that return int return 0, or -1 after logging why.
	 */
	int (*begin)(void *, enum access, int64_t deadline_ms);
	int (*run)(void *, const struct named_statement *, const struct value *,
	    size_t);
	int (*next)(void *);
	int64_t (*number)(void *, int column);
	const char *(*text)(void *, int column);
	int (*end)(void *, bool is_kept);
	struct figure_dialect dialect;
};

struct store {
	struct store_setup setup;
	const struct store_side *side;
	void *self;
	struct round *round;
	char *owner;	/* of turns: nobody else has this name */
	bool is_reckoned_with;	/* it knows how long we remember */
	struct store_news *news;	/* NULL: it has not joined */
	bool is_mode_taken;	/* see mode_change.h, and these */
	int64_t changed_ms, recorded_ms;
	int64_t warm_look_ms;	/* monotonic: when it was asked last; 0: never */
	struct actor actor;
};

extern const struct store_side store_pgsql;
extern const struct store_side store_sqlite;

/* The ways to tell of an event that this configuration wants: at most 4
 * names ("mail", "account", "exec", "webhook"), by event. */
enum { CHANNELS_MAX = 4 };
size_t store_channels(const struct notify_options *, bool is_block,
    const char *names[CHANNELS_MAX]);

/* The host's name, for events. */
const char *store_server_name(void);

#endif
