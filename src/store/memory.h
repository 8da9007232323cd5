/*
 * memory.h -- logins that passed a moment ago, and may pass again unasked.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A table that all processes of the server share. What the store said of a
 * login (account, network, country, autonomous system, under one load of the
 * configuration) holds for store.memory or store.memory_mails, whichever comes
 * first. Passes only; what may be remembered check_request.c says
 * (finding.may_pass).
 *
 * A mail that passes so is held: it is counted in the entry, until a check of
 * the login, or memory_owed.c, takes the count to the store.
 *
 * Entries are believed only while somebody has heard from the store within the
 * last second, of all that others change (change_listening.h): a block, an
 * unblock, an override makes the account's entries worthless at once, and so
 * does whatever may have been missed. An account is hashed with a secret of
 * this server's, and all of its entries stand in one bucket.
 *
 * Nothing is locked. An entry is filled by who takes its turn (count), sealed
 * over all that it says, and worth nothing otherwise: who is killed half-way
 * leaves an entry that is none.
 */
#ifndef STORE_MEMORY_H
#define STORE_MEMORY_H

#include "store/finding.h"

#include <stdbool.h>
#include <stdint.h>

struct memory;

/* Before the processes are forked. NULL with errno set if there is no memory. */
struct memory *memory_open(void);
void memory_close(struct memory *);

/* A login, as the table knows it. */
struct memory_key {
	uint64_t account, login;
};
/* load: the number of the configuration that it is judged by. */
struct memory_key memory_key(const struct memory *, uint64_t load,
    const char *account, const struct login *);

/* What is asked of an entry. */
struct memory_mail {
	uint64_t instance;	/* 0: none; a mail is held once */
	bool is_rated;		/* a rate counts it, if there is one */
	bool weighs_once;	/* and not again if the instance is the same */
	bool is_away;		/* the store has no answer: no need to hear */
	bool is_owed;		/* not to be held: it is owed by its name */
};

enum memory_answer {
	MEMORY_NOTHING,		/* ask the store */
	MEMORY_PASS,
	MEMORY_PASS_FIRST,	/* and it is the first that is held: owe it */
};
enum memory_answer memory_pass(struct memory *, const struct memory_key *,
    const struct memory_mail *);

/* As of now, for memory_keep: to be taken before the store is asked. */
uint64_t memory_stamp(const struct memory *, const struct memory_key *);

/* The store said pass, and may_pass: for so long since it was asked (monotonic
 * clock) and so many mails. has_rates: rates may have to count. Returns
 * whether mails are held that passed before: owe them. */
struct memory_grant {
	uint64_t stamp;
	int64_t until_ms;
	uint16_t mails;
	bool has_rates;
	uint64_t instance;	/* of the mail; 0: none */
	bool is_rated;		/* if there was a rate it counted it */
};
bool memory_keep(struct memory *, const struct memory_key *,
    const struct memory_grant *);

/* Take the mails that are held for a login: they are the caller's to count.
 * Returns how many. */
struct memory_taken {
	uint32_t mails;
	int64_t last_ms;	/* when the last one came (store's clock) */
	bool has_it;		/* the mail `instance` was among the last that
				 * were counted, by whomever */
};
uint32_t memory_take(struct memory *, const struct memory_key *,
    uint64_t instance, struct memory_taken *);

/* What is known of an account, of all, holds no more. */
void memory_forget(struct memory *, const char *account);
void memory_forget_all(struct memory *);

/* All changes up to now are known; the store's clock is now_ms. */
void memory_hear(struct memory *, int64_t now_ms);

/* Are entries believed? */
bool memory_is_heard(const struct memory *);

#endif
