/*
 * test_stats_tables.c -- the statements that statistics become.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/stats_tables.h"
#include "unit.h"

#include <string.h>

static const struct figure_dialect pgsql = { "policyd.",
	"policyd.milliseconds", "()", "($1)" };
static const struct figure_dialect sqlite = { "", "", "",
	" WHERE account = $1" };

static const struct {
	const char *name, *account;
	uint32_t more_than, most;
	const struct figure_dialect *dialect;
	const char *sql;
} rows[] = {
	{ "suspects", NULL, 3, 20, &pgsql,
	    "SELECT account, mails, networks, countries "
	    "FROM policyd.stats_accounts() WHERE countries > 3 "
	    "ORDER BY countries DESC, networks DESC, account LIMIT 20" },
	{ "travellers", NULL, 1, 0, &sqlite,
	    "SELECT account, countries FROM stats_accounts "
	    "WHERE countries > 1 ORDER BY countries DESC, account" },
	{ "logins", NULL, 1, 0, &pgsql,
	    "SELECT account, network, country, mails, "
	    "policyd.milliseconds(first_seen), "
	    "policyd.milliseconds(last_seen) FROM policyd.logins() "
	    "WHERE account IN (SELECT account FROM "
	    "policyd.stats_accounts() WHERE countries > 1) ORDER BY account, last_seen DESC, "
	    "network" },
	{ "mails", "joe@example.com", 0, 20, &pgsql,
	    "SELECT account, mails FROM policyd.stats_accounts($1) "
	    "ORDER BY account LIMIT 20" },
	{ "mails", "'; DROP TABLE login; --", 0, 20, &sqlite,
	    "SELECT account, mails FROM stats_accounts WHERE account = $1 "
	    "ORDER BY account LIMIT 20" },
};

START_TEST(statements)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct figure_query query = {
			.figure = stats_table_find(rows[i].name),
			.account = rows[i].account,
			.more_than = rows[i].more_than,
			.most = rows[i].most,
		};
		char sql[FIGURE_SQL_SIZE];

		ck_assert_ptr_nonnull(query.figure);
		ck_assert_str_eq(stats_table_sql(&query, rows[i].dialect, sql),
		    rows[i].sql);
	}
}
END_TEST

START_TEST(all_fit)
{
	for (const struct figure *f = figures; f->name != NULL; f++) {
		const struct figure_query query = { .figure = f,
			.more_than = UINT32_MAX, .most = UINT32_MAX };
		char sql[FIGURE_SQL_SIZE];

		stats_table_sql(&query, &pgsql, sql);
		ck_assert_uint_gt(stats_table_width(f), 0);
		ck_assert_ptr_eq(stats_table_find(f->name), f);
	}
	ck_assert_ptr_null(stats_table_find("nonsense"));
}
END_TEST

START_TEST(cells)
{
	struct figure_table table = { .columns = 3 };

	for (int i = 0; i < 100; i++) {
		figure_table_add(&table, FIGURE_NETWORK, "192.0.2.1/32");
		figure_table_add(&table, FIGURE_NETWORK, "2001:DB8::/64");
		figure_table_add(&table, FIGURE_TEXT, NULL);
	}
	ck_assert_uint_eq(table.count, 300);
	ck_assert_str_eq(table.cells[297], "192.0.2.1");
	ck_assert_str_eq(table.cells[298], "2001:db8::/64");
	ck_assert_str_eq(table.cells[299], "");
	figure_table_clear(&table);
}
END_TEST

UNIT("store/stats_tables", statements, all_fit, cells)
