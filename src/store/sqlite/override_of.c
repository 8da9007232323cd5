/*
 * override_of.c -- overrides that an SQLite file has for an account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/override_of.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* The columns of the statement OVERRIDES. */
enum column {
	COLUMN_ACCOUNT, COLUMN_COUNTRIES, COLUMN_NETWORKS,
	COLUMN_HOME_COUNTRIES, COLUMN_HOME_NETWORKS, COLUMN_HOME,
	COLUMN_ONLY_COUNTRIES, COLUMN_ONLY_NETWORKS, COLUMN_RATES,
	COLUMN_COMMENT,
};

/* Take the next word of a list that commas separate; false: no more. */
static bool
next_word(const char **list, char word[ADDR_TEXT_SIZE])
{
	int length = (int)strcspn(*list, ",");

	if (**list == '\0')
		return false;
	/* A word too long to be one is cut, and then it is none either. */
	snprintf(word, ADDR_TEXT_SIZE, "%.*s", length, *list);
	*list += length;
	if (**list == ',')
		(*list)++;
	return true;
}

static int
read_countries(const char *list, struct countries *countries)
{
	char word[ADDR_TEXT_SIZE];

	while (next_word(&list, word))
		if (countries_add(countries, word) != 0)
			return -1;
	return 0;
}

static int
read_networks(const char *list, struct networks *networks)
{
	char word[ADDR_TEXT_SIZE];
	struct addr network;

	while (next_word(&list, word)) {
		if (addr_parse(word, &network) != 0)
			return -1;
		networks_add(networks, &network);
	}
	return 0;
}

static int
read_rates(const char *list, struct rates *rates)
{
	char mails[ADDR_TEXT_SIZE], per[ADDR_TEXT_SIZE];

	while (next_word(&list, mails)) {
		struct rate_rule *rule = &rates->rules[rates->count];
		int64_t numbers[2];

		if (rates->count == RATE_RULES_MAX || !next_word(&list, per))
			return -1;
		numbers[0] = text_parse_number(mails, UINT32_MAX);
		numbers[1] = text_parse_number(per, INT32_MAX);
		if (numbers[0] < 0 || numbers[1] <= 0)
			return -1;
		rule->mails = (uint32_t)numbers[0];
		rule->per_s = (uint32_t)numbers[1];
		rates->count++;
	}
	return 0;
}

static uint32_t
limit_at(sqlite3_stmt *row, enum column column)
{
	int64_t limit = sqlite3_column_int64(row, (int)column);

	return limit < 0 || limit > UNLIMITED ? UNLIMITED : (uint32_t)limit;
}

int
override_take(sqlite3_stmt *row, struct override *override)
{
	static const enum column columns[SETTING_COUNT] = {
		[SETTING_COUNTRIES] = COLUMN_COUNTRIES,
		[SETTING_NETWORKS] = COLUMN_NETWORKS,
		[SETTING_HOME_COUNTRIES] = COLUMN_HOME,
		[SETTING_HOME_MAX_COUNTRIES] = COLUMN_HOME_COUNTRIES,
		[SETTING_HOME_MAX_NETWORKS] = COLUMN_HOME_NETWORKS,
		[SETTING_ONLY_COUNTRIES] = COLUMN_ONLY_COUNTRIES,
		[SETTING_ONLY_NETWORKS] = COLUMN_ONLY_NETWORKS,
		[SETTING_RATES] = COLUMN_RATES,
	};
	struct settings *set = &override->set;

	for (int i = 0; i < SETTING_COUNT; i++)
		override->has[i] = sqlite3_column_type(row, (int)columns[i]) !=
		    SQLITE_NULL;
	override->account = mem_dup(db_text(row, COLUMN_ACCOUNT));
	override->comment = mem_dup(db_text(row, COLUMN_COMMENT));
	set->countries = limit_at(row, COLUMN_COUNTRIES);
	set->networks = limit_at(row, COLUMN_NETWORKS);
	set->home_max_countries = limit_at(row, COLUMN_HOME_COUNTRIES);
	set->home_max_networks = limit_at(row, COLUMN_HOME_NETWORKS);
	if (read_countries(db_text(row, COLUMN_HOME),
		&set->home_countries) != 0 ||
	    read_countries(db_text(row, COLUMN_ONLY_COUNTRIES),
		&set->only_countries) != 0 ||
	    read_networks(db_text(row, COLUMN_ONLY_NETWORKS),
		&set->only_networks) != 0 ||
	    read_rates(db_text(row, COLUMN_RATES), &set->rates) != 0)
		return -1;
	return 0;
}

int
override_lay(struct sqlite_db *db, const char *account, int64_t now_ms,
    struct settings *settings, struct override *of_domain,
    struct override *of_account)
{
	const char *at = strrchr(account, '@');
	sqlite3_stmt *row = db_query(db, SQL_OVERRIDES, DB_TEXT(account),
	    DB_TEXT(at), DB_INT(now_ms));
	int more;

	while ((more = db_step(db, row)) > 0) {
		bool is_own = strcmp(db_text(row, COLUMN_ACCOUNT),
		    account) == 0;
		struct override *override = is_own ? of_account : of_domain;

		if (override_take(row, override) != 0) {
			/* Of this account alone, like PostgreSQL's errors. */
			db->code = SQLITE_MISMATCH;
			snprintf(db->why, sizeof(db->why), "the override of "
			    "%s has a list that cannot be read",
			    override->account);
			db_done(row);
			return -1;
		}
		settings_overlay(settings, override, is_own ?
		    ORIGIN_STORE_ACCOUNT : ORIGIN_STORE_DOMAIN);
	}
	return more;
}
