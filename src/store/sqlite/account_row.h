/*
 * account_row.h -- the row of an account, as it is worked on.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_ACCOUNT_ROW_H
#define STORE_SQLITE_ACCOUNT_ROW_H

#include "store/finding.h"
#include "store/rates.h"
#include "store/sqlite/connection.h"

enum { INSTANCES_MAX = 64 };

/* See schema/sqlite/001-tables.sql. All zero: an account not known. */
struct account_row {
	bool is_known;
	const char *account;		/* borrowed */
	int64_t evidence_since;
	int64_t blocked_until;		/* 0: not blocked; or DB_FOREVER */
	char last_network[ADDR_TEXT_SIZE];	/* "": none */
	char last_country[3];
	int64_t last_seen, written_at;
	int64_t pending;
	int64_t last_instance;		/* 0: none */
	struct evidence places;
	int64_t counted_with, counted_until;
	struct rate_rings rates;
	size_t instance_count;
	int64_t instances[INSTANCES_MAX];	/* newest first */
	int64_t rated_at;
};

/* Read the row; is_known tells whether there is one. */
int row_load(struct sqlite_db *, const char *account, struct account_row *);

/* Write it, whether it is known or not. */
int row_save(struct sqlite_db *, const struct account_row *);

/* The number that an instance is known by; 0 for "". */
int64_t row_instance(const char *instance);

bool row_has_instance(const struct account_row *, int64_t instance);
void row_add_instance(struct account_row *, int64_t instance);

#endif
