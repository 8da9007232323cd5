/*
 * blocked.h -- accounts known to be blocked, for when the store is away.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small table in memory that all processes of the server share. The workers
 * note what the store answers, the housekeeper brings it up to date every few
 * seconds. Nothing waits for anything: an entry is two words. An account is
 * kept as a hash of 64 bits with a secret of this server's, so that no name
 * can be made that is taken for another.
 */
#ifndef STORE_BLOCKED_H
#define STORE_BLOCKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct blocked;

/* Accounts that it holds; of more the oldest are forgotten. */
enum { BLOCKED_MAX = 16384 };

/* Before the processes are forked. NULL with errno set if there is no memory. */
struct blocked *blocked_open(void);
void blocked_close(struct blocked *);

/* Blocked until then (wall clock, ms; 0: until unblocked), or not. */
void blocked_add(struct blocked *, const char *account, int64_t until_ms);
void blocked_remove(struct blocked *, const char *account);

/* Is it known to be blocked now? */
bool blocked_has(const struct blocked *, const char *account);

/* Grows whenever who is blocked, or until when, has changed. */
uint32_t blocked_changes(const struct blocked *);

/* What the table holds, for blocked_file: copy it with its secret, return how
 * many; put it back, before the processes are forked. */
struct blocked_entry {
	uint64_t hash;
	int64_t until_ms;
};
size_t blocked_copy(const struct blocked *, uint64_t *secret,
    struct blocked_entry entries[BLOCKED_MAX]);
void blocked_restore(struct blocked *, uint64_t secret,
    const struct blocked_entry *, size_t count);

/*
 * Take the whole anew: between begin and end every blocked account is added;
 * the end forgets those that were not added since the begin.
 */
void blocked_begin(struct blocked *);
void blocked_end(struct blocked *);

#endif
