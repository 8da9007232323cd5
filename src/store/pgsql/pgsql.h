/*
 * pgsql.h -- what the files of the PostgreSQL side share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_PGSQL_PGSQL_H
#define STORE_PGSQL_PGSQL_H

#include "store/pgsql/connection.h"
#include "store/pgsql/params.h"
#include "store/side.h"

struct store_pgsql {
	const struct store_setup *setup;
	struct pgsql *pg;
	struct params params;
	struct actor actor;
};

/* The columns that pgsql_take_override reads, in its order. */
#define PGSQL_OVERRIDE_COLUMNS                                                 \
	"account, countries, networks, home_countries, home_networks, "        \
	"array_to_string(home, ','), array_to_string(only_countries, ','), "   \
	"array_to_string(only_networks, ','), array_to_string(rates, ','), "   \
	"comment"
enum { PGSQL_OVERRIDE_COLUMN_COUNT = 10 };

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
enum store_result pgsql_list_blocked(void *self, const char *after,
    size_t most, struct block **, size_t *, int64_t deadline_ms);
enum store_result pgsql_account(void *self, const char *account,
    const struct settings *, size_t most_logins, struct account_record *,
    int64_t deadline_ms);

enum store_result pgsql_outbox_take(void *self, const char *channel,
    size_t most, uint32_t lease_s, struct outbox_row **, size_t *,
    int64_t deadline_ms);
enum store_result pgsql_outbox_end(void *self, int64_t id, const char *error,
    int64_t deadline_ms);
enum store_result pgsql_outbox_delay(void *self, int64_t id, uint32_t delay_s,
    bool counts, const char *recipients, const char *error,
    int64_t deadline_ms);

/* As in store.h; self is a struct store_pgsql. */
enum store_result pgsql_note_change(void *self, const char *action,
    const char *subject, const char *detail, int64_t deadline_ms);
enum store_result pgsql_list_changes(void *self, int64_t before, size_t most,
    struct change **, size_t *, int64_t deadline_ms);
enum store_result pgsql_find_override(void *self, const char *account,
    struct stored_override *, int64_t deadline_ms);
enum store_result pgsql_list_overrides(void *self, const char *after,
    size_t most, struct stored_override **, size_t *, int64_t deadline_ms);
enum store_result pgsql_put_override(void *self, struct stored_override *,
    int64_t expected, int64_t deadline_ms);
enum store_result pgsql_delete_override(void *self, const char *account,
    bool listed_only, int64_t expected, int64_t deadline_ms);
enum store_result pgsql_replace_listed(void *self,
    const struct stored_override *, size_t, int64_t deadline_ms);
enum store_result pgsql_count(void *self, struct totals *,
    int64_t deadline_ms);

/* The override of a row that begins with PGSQL_OVERRIDE_COLUMNS. */
void pgsql_take_override(const PGresult *, int row, struct override *);

/* Add two parameters: who acts, and from where. */
void pgsql_add_actor(struct store_pgsql *);

enum store_result pgsql_clean_batch(void *self, struct clean_walk *,
    int64_t deadline_ms);
enum store_result pgsql_figures(void *self, const struct figure_query *,
    struct figure_table *, int64_t deadline_ms);
enum store_result pgsql_past_logins(void *self, const char *after,
    size_t most, struct past_login **, size_t *, int64_t deadline_ms);
enum store_result pgsql_hits(void *self, size_t most, struct hit **, size_t *,
    int64_t deadline_ms);
enum store_result pgsql_reported(void *self, const struct hit *, size_t,
    int64_t deadline_ms);
enum store_result pgsql_take_turn(void *self, const char *name,
    const char *owner, uint32_t lease_s, int64_t deadline_ms);
void pgsql_leave_turn(void *self, const char *name, const char *owner,
    int64_t deadline_ms);
enum store_result pgsql_save_accounts(void *self, const char *after,
    size_t most, struct saved_account **, size_t *, int64_t deadline_ms);
enum store_result pgsql_save_logins(void *self, const char *after,
    const char *after_network, size_t most, struct saved_login **, size_t *,
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
