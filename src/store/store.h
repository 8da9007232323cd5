/*
 * store.h -- the seam to the store: what is remembered about accounts.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two sides, chosen by the URL: PostgreSQL (libpq URLs) and SQLite
 * (sqlite:/path; "sqlite:" alone is a store of its own that is gone when it is
 * closed). Both give the same answers; one test suite runs on both.
 *
 * A store is opened after fork and belongs to one process. Every call blocks
 * until it is done or its deadline (clock_mono_ms) has passed. A store that
 * is away is logged once and tried again with growing delay, 100 ms to 30 s;
 * until then calls fail at once.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "config/block_options.h"
#include "config/history_options.h"
#include "config/notify_options.h"
#include "config/report_options.h"
#include "config/server_options.h"
#include "config/settings.h"
#include "config/store_options.h"
#include "store/finding.h"
#include "store/history.h"
#include "store/process_news.h"
#include "store/stats_tables.h"

#include <stdint.h>

struct store;
struct recent;

enum store_result {
	STORE_DONE,
	STORE_NONE,	/* there is no such thing */
	STORE_FAILED,	/* away, slow, or in trouble: logged */
};

/* Which limit does a login break? Policy is passed in: the store does not know
 * it. */
struct judgement {
	enum cause cause;
	uint32_t found, limit;
};
/* What the store is opened with: its sections, all borrowed. */
struct store_setup {
	const struct store_options *store;
	const struct server_options *server;
	const struct block_options *block;
	const struct notify_options *notify;
	const struct report_options *report;
	const enum mode *mode;
	const struct settings *settings;	/* general */
	struct judgement (*judge)(const struct settings *,
	    const struct evidence *, const struct login *);
	const struct history_options *history;
	int64_t history_since_ms;	/* 0: as the store says */
	bool is_learning;	/* what is asked has passed long ago */
	bool is_warm;	/* kept by the store: it has learned long enough */
	int64_t warm_at_ms;	/* likewise: when it will have; 0: unknown */
	int64_t fresh_ms;	/* so is this: see mode_change.h */
};

/* Never blocks and never fails: the connection is made by the first call. */
struct store *store_open(const struct store_setup *);
void store_close(struct store *);

/* Hear from other processes that the store works again; or be the one that
 * tries it for them, every second (process_news.h). */
void store_join(struct store *, struct store_news *, bool is_prober);

/* Who is to stop, as the peer of this socket shut it down, waits a second. */
void store_heed(struct store *, int fd);

/* Keep what accounts are like in memory that processes share
 * (recent_accounts.h): most requests need one call then. */
void store_share(struct store *, struct recent *);

/*
 * Look after the connection between calls: bring a reconnect forward, notice
 * a server that hung up. Never blocks. Returns in how many milliseconds it
 * wants to be called again, -1: no need.
 */
int store_tend(struct store *);

/*
 * Create or upgrade the schema if may_create, and see that it is ours.
 * STORE_NONE: it is missing, old or newer than this program (logged).
 */
enum store_result store_init(struct store *, bool may_create,
    int64_t deadline_ms);

/* The past is played: what the store knows reaches back to since_ms, and what
 * is asked from now on passed long ago if is_learning. */
void store_play(struct store *, int64_t since_ms, bool is_learning);

/*
 * Make the database a proxy, which spreads accounts over others, or renew its
 * functions (schema/proxy/). STORE_NONE: it is no store that can be one.
 */
enum store_result store_init_proxy(struct store *, int64_t deadline_ms);

/* One question, and its answer. Strings are borrowed. */
struct check {
	const char *account;
	const char *instance;	/* Postfix's name for the mail; "" if none */
	struct login login;
	uint32_t weight;	/* messages or recipients; 0: rates are not asked */
	bool weighs_once;	/* one instance weighs once, the first time */
	bool may_defer;		/* is_busy is understood: do not wait long */
	const struct settings *settings;
	/* Mails of this login that passed before, unasked (memory.h), when the
	 * last of them came (0: now), and that there is no other; or but that
	 * of the instance, which passed, too, and may be counted already. */
	uint32_t held;
	int64_t held_last_ms;
	bool is_held_only;
	bool is_counted;	/* its own mail passed so, and is or was held */
	/* It was asked before, and failed: 0, or what tells whether it was
	 * written all the same. Is set if it fails. */
	int64_t mark;
	bool may_be_written;	/* it failed, but may be counted */

	enum store_result result;	/* STORE_DONE or STORE_FAILED */
	bool is_busy;	/* failed: somebody else has the row; ask again */
	struct finding finding;		/* if STORE_DONE */
};

/*
 * Record, count and judge (steps 4 and 7 to 10 of the decision), each account
 * for itself, all in few round trips. A check that has no answer by the
 * deadline has result STORE_FAILED. Nobody waits long for an account that
 * somebody else works on: its checks fail as busy then.
 */
void store_check(struct store *, struct check *checks, size_t count,
    int64_t deadline_ms);

/* A request that it should have decided was answered without it: the log tells
 * how many when it is back. Any thread may say so while another asks. */
void store_missed(struct store *);

struct block {
	char *account;
	enum cause cause;
	uint32_t found, limit, per_s;
	char *note;		/* "" if none */
	int64_t began_ms;
	int64_t until_ms;	/* 0: until unblocked */
	int64_t ended_ms;	/* 0: it holds */
	uint64_t attempts;	/* requests refused meanwhile */
	char client[ADDR_TEXT_SIZE];	/* the login that caused it, or "" */
	char country[3];
};
void block_clear(struct block *);

/* Block an account for seconds (0: until unblocked), whether known or not. */
enum store_result store_block(struct store *, const char *account,
    uint32_t duration_s, const char *note, int64_t deadline_ms);

/* End a block and start a fresh count. STORE_NONE: it is not blocked. */
enum store_result store_unblock(struct store *, const char *account,
    int64_t deadline_ms);

/* The same, with a reason for the audit trail; NULL: none. */
enum store_result store_unblock_because(struct store *, const char *account,
    const char *reason, int64_t deadline_ms);

/* The same; and, blocked or not, the places and countries of its last 24 hours
 * become known, and so many places were not. */
enum store_result store_unblock_learning(struct store *, const char *account,
    const char *reason, unsigned *learned, int64_t deadline_ms);

/*
 * The blocks that hold, in order of account, after `after` ("" to begin), at
 * most `most`. The caller clears each and frees the array.
 */
enum store_result store_list_blocked(struct store *, const char *after,
    size_t most, struct block **blocks, size_t *count, int64_t deadline_ms);

struct login_record {
	struct addr network;
	char country[3];
	uint32_t asn;		/* autonomous system; 0: unknown */
	int64_t first_ms, last_ms;
	uint64_t mails;
	bool is_within;		/* it counts: in the window, since the unblock */
};

struct rate_state {
	uint32_t per_s;
	uint32_t used;
};

/* Everything --explain tells of an account. */
struct account_record {
	int64_t now_ms;		/* by the store's clock */
	bool is_known;
	int64_t since_ms;	/* evidence counts from here on; 0: always */
	struct evidence evidence;	/* within the window, now */
	bool has_block;		/* block below is the last one */
	struct block block;
	struct login_record *logins;	/* newest first, at most most_logins */
	size_t login_count;
	uint64_t logins_in_all;
	struct login_record *attempts;	/* while it was blocked; no mails */
	size_t attempt_count;
	struct rate_state rates[RATE_RULES_MAX];
	size_t rate_count;
	struct history history;	/* as it is at now_ms */
	bool is_warm;		/* the store has learned long enough, or ... */
	int64_t warm_at_ms;	/* ... when it will have; 0: unknown */
	struct settings settings;	/* with the store's overrides laid over */
	struct override of_account, of_domain;	/* what settings borrows from */
};
void account_record_clear(struct account_record *);

/* Does its block hold now, by the store's clock? */
bool account_record_is_blocked(const struct account_record *);

/*
 * Read, and write nothing. settings: as in struct check. The lists in
 * record->settings belong to settings and to the record.
 */
enum store_result store_account(struct store *, const char *account,
    const struct settings *settings, size_t most_logins,
    struct account_record *record, int64_t deadline_ms);

/* What a cleaning deleted. */
struct cleaned {
	uint64_t logins, blocks, accounts;
	uint64_t notifications;		/* delivered, or given up */
	uint64_t hits;			/* if nobody wants a report of them */
};

/*
 * Delete what is older than retention, until nothing is left. Safe beside a
 * running server: in many short transactions of at most `batch` rows, fewer if
 * they take long, with pauses. STORE_NONE: another cleaning is under way.
 */
enum store_result store_clean(struct store *, uint32_t retention_s,
    unsigned batch, struct cleaned *, int64_t deadline_ms);

/*
 * Changes from now on (blocks by hand, their ends, overrides) are written to
 * the audit trail as made by name, coming from origin, in the transaction of
 * the change; name NULL: no more. Both are borrowed.
 */
void store_act_as(struct store *, const char *name, const char *origin);

/* Write down a change that was made elsewhere. detail: a JSON object. */
enum store_result store_note_change(struct store *, const char *action,
    const char *subject, const char *detail, int64_t deadline_ms);

/* One row of the audit trail. */
struct change {
	int64_t id, at_ms;
	char *actor, *origin, *action, *subject;
	char *detail;			/* JSON */
};
void change_clear(struct change *);

/* The newest changes with ids below `before` (0: all), at most `most`. The
 * caller clears each and frees the array; so with the lists below. */
enum store_result store_list_changes(struct store *, int64_t before,
    size_t most, struct change **, size_t *count, int64_t deadline_ms);

/* An override of the store, with all that is known of it. */
struct stored_override {
	struct override override;	/* account and comment: never NULL */
	char *author;			/* who changed it last */
	int64_t changed_ms;
	int64_t valid_until_ms;		/* 0: for ever */
	int64_t revision;		/* grows with each change */
	bool is_listed;			/* one of the custom settings */
};
void stored_override_clear(struct stored_override *);

/* Revisions that a change may expect: whatever it is, and that there is none. */
enum { REVISION_ANY = -1, REVISION_NONE = 0 };

/* Read one, whether it is still valid or not. STORE_NONE: there is none. */
enum store_result store_find_override(struct store *, const char *account,
    struct stored_override *, int64_t deadline_ms);

/* Read some in order of account, those after `after`; or, with after NULL,
 * the custom settings in their own order. */
enum store_result store_list_overrides(struct store *, const char *after,
    size_t most, struct stored_override **, size_t *count,
    int64_t deadline_ms);

/*
 * Write one, new or in place of the one with the revision expected; revision
 * is that of the result then. STORE_NONE: it is not as expected. One that
 * is_listed is the last of the custom settings unless it was one already; one
 * that is not stays what it was.
 */
enum store_result store_put_override(struct store *,
    struct stored_override *, int64_t expected, int64_t deadline_ms);

/* STORE_NONE: there is none, or, if listed_only, none of the custom settings,
 * or it has not the revision expected. */
enum store_result store_delete_override(struct store *, const char *account,
    bool listed_only, int64_t expected, int64_t deadline_ms);

/* The ways of telling of something, in the order of totals.channels. */
enum { OUTBOX_CHANNELS = 5 };
extern const char *const outbox_channels[OUTBOX_CHANNELS];

struct totals {	/* what the store holds, for monitoring */
	uint64_t blocked;	/* accounts */
	uint64_t overrides;
	uint64_t outbox;	/* notifications not delivered yet */
	int64_t outbox_since_ms;	/* the oldest of them; 0: none */
	struct {
		uint64_t count;
		int64_t since_ms;
	} channels[OUTBOX_CHANNELS];	/* the same of each channel */
};
enum store_result store_count(struct store *, struct totals *,
    int64_t deadline_ms);

/* End the blocks whose time is over, with their notifications; how many. */
enum store_result store_expire(struct store *, uint64_t *ended,
    int64_t deadline_ms);

/* --- statistics, and turns --- */

/* Ask for statistics, see stats_tables.h; the caller clears the table. */
enum store_result store_figures(struct store *, const struct figure_query *,
    struct figure_table *, int64_t deadline_ms);

/*
 * Take a turn at what only one may do at a time, on whatever host, or renew
 * it. STORE_NONE: somebody else has it. It ends with store_leave_turn, or
 * after lease_s.
 */
enum store_result store_take_turn(struct store *, const char *name,
    uint32_t lease_s, int64_t deadline_ms);
void store_leave_turn(struct store *, const char *name, int64_t deadline_ms);

/* A login that is remembered, and what of its account bears on judging it. */
struct past_login {
	char *account;
	struct login_record login;	/* is_within is not set */
	int64_t since_ms;	/* the count was started afresh; 0: never */
	bool has_override;	/* the store has settings for the account */
};
void past_login_clear(struct past_login *);

/*
 * All logins of the next so many accounts after `after` ("" to begin), account
 * by account. The caller clears each and frees the array. STORE_NONE: there
 * are no more.
 */
enum store_result store_past_logins(struct store *, const char *after,
    size_t most, struct past_login **logins, size_t *count,
    int64_t deadline_ms);
/* --- carrying a store over to another --- */

struct saved_account {
	char *account;
	int64_t since_ms;	/* evidence counts from here on; 0: always */
	bool has_block;
	struct block block;	/* the last one */
};
struct saved_login {
	char *account;
	struct addr network;
	char country[3];
	uint32_t asn;
	int64_t first_ms, last_ms;
	uint64_t mails;
};
void saved_account_clear(struct saved_account *);
void saved_login_clear(struct saved_login *);

/*
 * Read what a store holds in order of its keys, behind those given ("" to
 * begin), at most `most`. The caller clears each and frees the array.
 */
enum store_result store_save_accounts(struct store *, const char *after,
    size_t most, struct saved_account **, size_t *count,
    int64_t deadline_ms);
enum store_result store_save_logins(struct store *, const char *after,
    const char *after_network, size_t most, struct saved_login **,
    size_t *count, int64_t deadline_ms);

/*
 * Write it, in short transactions. What is there already is kept where it is
 * newer: writing the same twice changes nothing. No notification is made.
 */
enum store_result store_load_accounts(struct store *,
    const struct saved_account *, size_t count, int64_t deadline_ms);
enum store_result store_load_logins(struct store *,
    const struct saved_login *, size_t count, int64_t deadline_ms);

#endif
