/*
 * account_row.c -- the row of an account, as it is worked on.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/account_row.h"

#include <stdio.h>
#include <string.h>

/* The columns of account, in order. */
enum column {
	COLUMN_ACCOUNT, COLUMN_EVIDENCE_SINCE, COLUMN_BLOCKED_UNTIL,
	COLUMN_LAST_NETWORK, COLUMN_LAST_COUNTRY, COLUMN_LAST_SEEN,
	COLUMN_WRITTEN_AT, COLUMN_PENDING, COLUMN_LAST_INSTANCE,
	COLUMN_COUNTRIES, COLUMN_NETWORKS, COLUMN_HOME_COUNTRIES,
	COLUMN_HOME_NETWORKS, COLUMN_COUNTED_WITH, COLUMN_COUNTED_UNTIL,
	COLUMN_RATES, COLUMN_INSTANCES, COLUMN_RATED_AT,
};

static void
take_instances(sqlite3_stmt *statement, struct account_row *row)
{
	const uint8_t *bytes = sqlite3_column_blob(statement,
	    COLUMN_INSTANCES);
	size_t length = (size_t)sqlite3_column_bytes(statement,
	    COLUMN_INSTANCES);

	row->instance_count = length / 8 < INSTANCES_MAX ? length / 8 :
							   INSTANCES_MAX;
	for (size_t i = 0; i < row->instance_count; i++) {
		uint64_t number = 0;

		for (int k = 0; k < 8; k++)
			number |= (uint64_t)*bytes++ << (8 * k);
		row->instances[i] = (int64_t)number;
	}
}

static uint32_t
count_at(sqlite3_stmt *statement, enum column column)
{
	return (uint32_t)sqlite3_column_int64(statement, (int)column);
}

static void
take(sqlite3_stmt *statement, struct account_row *row)
{
	row->is_known = true;
	row->evidence_since =
	    sqlite3_column_int64(statement, COLUMN_EVIDENCE_SINCE);
	row->blocked_until =
	    sqlite3_column_int64(statement, COLUMN_BLOCKED_UNTIL);
	snprintf(row->last_network, sizeof(row->last_network), "%s",
	    db_text(statement, COLUMN_LAST_NETWORK));
	snprintf(row->last_country, sizeof(row->last_country), "%s",
	    db_text(statement, COLUMN_LAST_COUNTRY));
	row->last_seen = sqlite3_column_int64(statement, COLUMN_LAST_SEEN);
	row->written_at = sqlite3_column_int64(statement, COLUMN_WRITTEN_AT);
	row->pending = sqlite3_column_int64(statement, COLUMN_PENDING);
	row->last_instance =
	    sqlite3_column_int64(statement, COLUMN_LAST_INSTANCE);
	row->places.countries = count_at(statement, COLUMN_COUNTRIES);
	row->places.networks = count_at(statement, COLUMN_NETWORKS);
	row->places.home_countries =
	    count_at(statement, COLUMN_HOME_COUNTRIES);
	row->places.home_networks = count_at(statement, COLUMN_HOME_NETWORKS);
	row->counted_with =
	    sqlite3_column_int64(statement, COLUMN_COUNTED_WITH);
	row->counted_until =
	    sqlite3_column_int64(statement, COLUMN_COUNTED_UNTIL);
	rates_unpack(&row->rates, sqlite3_column_blob(statement, COLUMN_RATES),
	    (size_t)sqlite3_column_bytes(statement, COLUMN_RATES));
	take_instances(statement, row);
	row->rated_at = sqlite3_column_int64(statement, COLUMN_RATED_AT);
}

int
row_load(struct sqlite_db *db, const char *account, struct account_row *row)
{
	sqlite3_stmt *statement = db_query(db, SQL_ROW_LOAD, DB_TEXT(account));
	int found = db_step(db, statement);

	memset(row, 0, sizeof(*row));
	row->account = account;
	if (found < 0)
		return -1;
	if (found > 0) {
		take(statement, row);
		db_done(statement);
	}
	return 0;
}

static size_t
pack_instances(const struct account_row *row, uint8_t *bytes)
{
	for (size_t i = 0; i < row->instance_count; i++)
		for (int k = 0; k < 8; k++)
			*bytes++ = (uint8_t)((uint64_t)row->instances[i] >>
			    (8 * k));
	return 8 * row->instance_count;
}

int
row_save(struct sqlite_db *db, const struct account_row *row)
{
	uint8_t rates[RATE_RINGS_BYTES];
	uint8_t instances[8 * INSTANCES_MAX];
	size_t rates_length = rates_pack(&row->rates, rates);
	size_t instances_length = pack_instances(row, instances);
	const struct db_value nothing = DB_TEXT(NULL);

	return db_run(db, SQL_ROW_SAVE, DB_TEXT(row->account),
	    DB_INT(row->evidence_since),
	    row->blocked_until != 0 ? DB_INT(row->blocked_until) : nothing,
	    DB_TEXT(row->last_network[0] != '\0' ? row->last_network : NULL),
	    DB_TEXT(row->last_country), DB_INT(row->last_seen),
	    DB_INT(row->written_at), DB_INT(row->pending),
	    DB_INT(row->last_instance), DB_INT(row->places.countries),
	    DB_INT(row->places.networks), DB_INT(row->places.home_countries),
	    DB_INT(row->places.home_networks), DB_INT(row->counted_with),
	    DB_INT(row->counted_until),
	    DB_BLOB(rates_length > 0 ? rates : NULL, rates_length),
	    DB_BLOB(instances_length > 0 ? instances : NULL,
		instances_length), DB_INT(row->rated_at));
}

int64_t
row_instance(const char *instance)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a, 64 bits */

	if (*instance == '\0')
		return 0;
	for (; *instance != '\0'; instance++)
		hash = (hash ^ (uint8_t)*instance) * 1099511628211u;
	return hash != 0 ? (int64_t)hash : 1;
}

bool
row_has_instance(const struct account_row *row, int64_t instance)
{
	if (instance == 0)
		return false;
	for (size_t i = 0; i < row->instance_count; i++)
		if (row->instances[i] == instance)
			return true;
	return false;
}

void
row_add_instance(struct account_row *row, int64_t instance)
{
	if (row->instance_count < INSTANCES_MAX)
		row->instance_count++;
	memmove(row->instances + 1, row->instances,
	    (row->instance_count - 1) * sizeof(*row->instances));
	row->instances[0] = instance;
}
