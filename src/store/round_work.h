/*
 * round_work.h -- an account in a round: its state, the question, what follows.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A side loads the state, check_request.c and blocking.c change it and note
 * what follows, the side saves both in one transaction; see round.h.
 */
#ifndef STORE_ROUND_WORK_H
#define STORE_ROUND_WORK_H

#include "store/account_state.h"
#include "store/older_places.h"
#include "store/side.h"

#include <jansson.h>

/* A block that holds, and why. */
struct held_block {
	enum cause cause;
	uint32_t found, limit, per_s;
	int64_t began_ms;
	char note[128];
};

/* A limit or rate was reached: a row for the report. */
struct reached {
	enum cause cause;
	uint32_t limit, per_s, times;
};

/* One change of the block, in this order of a work's list. */
struct block_change {
	bool is_begin;		/* else the end */
	int64_t at_ms;
	int64_t until_ms;	/* begin: as blocked_until_ms */
	enum cause cause;
	uint32_t found, limit, per_s;
	const char *note;	/* borrowed */
	char client[ADDR_TEXT_SIZE];
	char country[3];
	/* At that time, for the event. */
	uint32_t asn;		/* of the login; 0: unknown */
	char as_name[64];
	struct evidence evidence;
	struct standing standing;
};

/* What the event tells beside the block: a JSON object, the caller's. */
json_t *change_json(const struct block_change *);

enum {
	/* Accounts of one try. */
	ROUND_WORKS = 64,
	/* Every limit and every rate rule, once. */
	REACHED_MAX = RATE_RULES_MAX + MEASURE_COUNT + 4,
	/* A block that is over ends, a new one begins, and once more. */
	BLOCK_CHANGES_MAX = 4,
};

enum work_state {
	WORK_OPEN,		/* to be loaded, decided and saved */
	WORK_DONE,		/* saved, or there was nothing to save */
	WORK_FAILED,
	WORK_BUSY,		/* somebody else has its row */
};

struct lesson;

struct work {
	/* What is asked. */
	const char *account;
	struct check **checks;	/* of this account, in order */
	size_t check_count;
	/* Or one of these, by hand or by time. */
	enum { WORK_CHECK, WORK_BLOCK, WORK_UNBLOCK, WORK_EXPIRE,
		WORK_LEARN } kind;
	struct lesson *lesson;	/* WORK_LEARN: is_news is told */
	uint32_t duration_s;
	const char *note;
	bool accepts;		/* WORK_UNBLOCK: see detect_accept */

	/* Loaded. */
	struct account_state state;
	struct held_block held;		/* if state.blocked_until_ms */
	/* What the store has for the account and its domain; account NULL:
	 * nothing. */
	struct override of_domain, of_account;
	/* If places are not complete: those before, counted, ... */
	struct older_places older;
	char *older_text;	/* as the row has it, if the side loads it so */
	/* ... and rows of the table of logins that were read. */
	struct place *rows;
	size_t row_count;
	bool is_recalled;	/* from memory: the row may be another one */
	int64_t overrides;	/* their revision then, if the side has one */

	/* What follows. */
	bool is_changed;	/* the state is to be saved */
	bool must_last;		/* wait for the disk */
	bool counts;		/* done again it might count again */
	int64_t trim_ms;	/* logins before this give way; 0: none */
	bool is_moved;		/* held.began_ms and its end were in the future */
	uint32_t attempts;	/* refused because of the block */
	struct reached reached[REACHED_MAX];
	size_t reached_count;
	struct block_change changes[BLOCK_CHANGES_MAX];
	size_t change_count;
	bool is_orphan;		/* a block without an account that says so */
	bool is_audited;	/* by hand: write it down */
	/* WORK_UNBLOCK, WORK_EXPIRE: it was. Of the last try that decided. */
	bool was_blocked;
	unsigned accepted;	/* places that it made known, likewise */

	enum work_state progress;
	/* Written, but was it? Or 0. Of the last save, and what all saves
	 * leave in the state if it counts; and what those of before left. */
	int64_t saved_version;
	int64_t mark, earlier_mark;
	struct marks *marks;	/* of who saves it */
};

/* A side is about to save it; no two saves have the same version. */
void work_sign(struct work *, int64_t version);

/* It was loaded: was it written before, although the answer was lost? */
bool work_is_written(const struct work *);

/* WORK_LEARN (history_lessons.c): add the lesson to the state. */
void lesson_apply(struct work *, const struct settings *);

/* Forget what was loaded and what follows. */
void work_reset(struct work *);

/* General settings with what the store has laid over; lists are borrowed. */
struct settings work_settings(const struct work *, const struct settings *);

/* By how much a login may have been later than is known, if servers let it pass
 * for so long from memory (0: they do not): a decision may be as old as a
 * second when it is saved, and clocks differ a little. */
int64_t work_slack(int64_t memory_ms);

/* Free what it owns. */
void work_clear(struct work *);

/*
 * The side loaded work->rows: all logins, newest first, or the newest most + 1.
 * Those that the state has are left out, or taken if they are newer; the
 * newest of the others go into its free places, and those left over that were
 * seen after since_ms are counted in work->older. Beyond `most` they give way.
 * What lies in the future of now_ms is of a clock that was ahead.
 */
void work_take_rows(struct work *, size_t most, int64_t since_ms,
    int64_t now_ms);

/* A place for a network that the state does not have; logins up to since_ms do
 * not count. */
struct place *work_add_place(struct work *, const struct addr *network,
    int64_t since_ms);

/* Count one more time that a limit was reached. */
void work_reach(struct work *, enum cause, uint32_t limit, uint32_t per_s);

/* What the audit trail says of one that is_audited: what was done, and a JSON
 * object, which the caller frees. */
char *work_audit(const struct work *, const char **action);

/* The next change of the block. */
struct block_change *work_change(struct work *);

#endif
