/*
 * pgsql.h -- what the files of the PostgreSQL side share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_PGSQL_PGSQL_H
#define STORE_PGSQL_PGSQL_H

#include "store/pgsql/connection.h"
#include "store/pgsql/params.h"
#include "store/pgsql/run.h"
#include "store/side.h"

struct store_pgsql {
	const struct store_setup *setup;
	struct pgsql *pg;
	struct params params;
	struct actor actor;
	struct pgsql_run run;
};

/* The columns that pgsql_take_override reads, in its order. */
#define PGSQL_OVERRIDE_COLUMNS "account, settings, comment"

/* How blocks are read: BLOCK_COLUMNS of policyd.block b, from column first. */
/* Time columns are read as milliseconds since the epoch; 0 for infinite. */
#define MS(column)                                                             \
	"CASE WHEN isfinite(" column ") THEN "                                 \
	"(extract(epoch FROM " column ") * 1000)::bigint ELSE 0 END"

#define BLOCK_COLUMNS                                                          \
	"b.account, b.cause, b.found, b.allowed, b.per_s, b.note, "            \
	MS("b.began_at") ", " MS("b.until") ", "                               \
	"coalesce(" MS("b.ended_at") ", 0), b.attempts, "                      \
	"coalesce(host(b.client), ''), b.country"
void pgsql_take_block(const PGresult *, int row, int first, struct block *);

/* The statement that is prepared as "check". */
extern const char pgsql_check_statement[];

/* As in store.h; self is a struct store_pgsql. */
void pgsql_check(void *self, struct check *, size_t, int64_t deadline_ms);
enum store_result pgsql_account(void *self, const char *account,
    const struct settings *, size_t most_logins, struct account_record *,
    int64_t deadline_ms);

/* The override of a row that begins with PGSQL_OVERRIDE_COLUMNS. */
int pgsql_take_override(const PGresult *, int row, struct override *);

/* Add two parameters: who acts, and from where. */
void pgsql_add_actor(struct store_pgsql *);

enum store_result pgsql_clean_batch(void *self, struct clean_walk *,
    int64_t deadline_ms);
enum store_result pgsql_load_accounts(void *self,
    const struct saved_account *, size_t, int64_t deadline_ms);
enum store_result pgsql_load_logins(void *self, const struct saved_login *,
    size_t, int64_t deadline_ms);

/* Add the channels of an event as a text array. */
void pgsql_add_channels(struct store_pgsql *, bool is_block);

/* Run a statement with the parameters collected. */
PGresult *pgsql_run(struct store_pgsql *, const char *sql,
    int64_t deadline_ms);

#endif
