/*
 * side.h -- a store to test: SQLite in a file, or PostgreSQL in a database.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each has a connection of the test's own beside the store's, to prepare and
 * to look at what the store's calls do not show. With POLICYD_TEST_STORE the
 * second is a proxy, see tests/with_cluster.py, and POLICYD_TEST_LOOK where the
 * tables of all its shards are one.
 */
#ifndef TESTS_STORE_SIDE_H
#define TESTS_STORE_SIDE_H

#include <stdbool.h>
#include <stddef.h>

enum side_kind { SIDE_SQLITE, SIDE_PGSQL, SIDES };

struct side;

/*
 * Once a program: a directory of its own, and a database of its own on the
 * server that PGHOST, PGPORT and so on name. Whoever called sides_begin
 * calls sides_end, not a child of it.
 */
void sides_begin(void);
void sides_end(void);

/* PostgreSQL is there only if the environment names it. */
bool side_exists(enum side_kind);
const char *side_name(enum side_kind);
const char *side_url(enum side_kind);
/* Is it a proxy? Its schema is not its own. */
bool side_is_proxy(enum side_kind);

/* Connect; the schema must be there. Failures end the test. */
struct side *side_open(enum side_kind);
void side_close(struct side *);

/* Delete all rows. */
void side_wipe(struct side *);

/* Run SQL; rows as lines, columns joined by '|', NULL as '-'. The caller
 * frees it. */
char *side_sql(struct side *, const char *sql);

/*
 * Insert an override. words: "countries=5 only_countries=DE,AT rates=2,3600
 * valid_until=1767225600000", names of version 5's
 * columns each, -1 for unlimited; lists with commas.
 */
void side_override(struct side *, const char *account, const char *words);

/* Everything that is stored, as lines that are the same for both. */
char *side_dump(struct side *);

/* The same, up to a section. */
char *side_dump_until(struct side *, const char *section);

#endif
