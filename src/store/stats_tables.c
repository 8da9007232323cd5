/*
 * stats_tables.c -- the statistics that can be asked for, as a table.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/stats_tables.h"

#include "base/addr.h"
#include "base/mem.h"
#include "base/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NAME(column) { column, FIGURE_TEXT }
#define COUNT(column) { column, FIGURE_NUMBER }
#define TIME(column) { column, FIGURE_TIME }
#define NETWORK { "network", FIGURE_NETWORK }

const struct figure figures[] = {
	{ "suspects", "accounts in more than 3 countries", FIGURE_OF_ALL,
	    "stats_accounts",
	    { NAME("account"), COUNT("mails"), COUNT("networks"),
		COUNT("countries") },
	    "countries", 3, "countries DESC, networks DESC, account" },
	{ "travellers", "accounts in more than 1 country", FIGURE_OF_ALL,
	    "stats_accounts", { NAME("account"), COUNT("countries") },
	    "countries", 1, "countries DESC, account" },
	{ "logins", "logins of accounts in more than 1 country, or of one",
	    FIGURE_OF_SOME, "logins",
	    { NAME("account"), NETWORK, NAME("country"), COUNT("mails"),
		TIME("first_seen"), TIME("last_seen") },
	    "countries", 1, "account, last_seen DESC, network" },
	{ "mails", "mails of an account", FIGURE_OF_ONE, "stats_accounts",
	    { NAME("account"), COUNT("mails") }, NULL, 0, "account" },
	{ "countries", "in how many countries an account was", FIGURE_OF_ONE,
	    "stats_accounts", { NAME("account"), COUNT("countries") }, NULL,
	    0, "account" },
	{ "networks", "in how many networks an account was", FIGURE_OF_ONE,
	    "stats_accounts", { NAME("account"), COUNT("networks") }, NULL, 0,
	    "account" },
	{ "places", "networks and mails of an account by country",
	    FIGURE_OF_ONE, "stats_account_countries",
	    { NAME("account"), NAME("country"), COUNT("networks"),
		COUNT("mails"), TIME("first_seen"), TIME("last_seen") },
	    NULL, 0, "networks DESC, country" },
	{ "accounts-by-countries", "accounts, most countries first",
	    FIGURE_OF_ALL, "stats_accounts",
	    { NAME("account"), COUNT("countries"), COUNT("networks"),
		COUNT("mails"), TIME("last_seen") },
	    "countries", 0, "countries DESC, networks DESC, account" },
	{ "accounts-by-networks", "accounts, most networks first",
	    FIGURE_OF_ALL, "stats_accounts",
	    { NAME("account"), COUNT("networks"), COUNT("countries"),
		COUNT("mails"), TIME("last_seen") },
	    "networks", 0, "networks DESC, countries DESC, account" },
	{ "accounts-by-asns", "accounts, most autonomous systems first",
	    FIGURE_OF_ALL, "stats_accounts",
	    { NAME("account"), COUNT("asns"), COUNT("networks"),
		COUNT("countries"), COUNT("mails"), TIME("last_seen") },
	    "asns", 0, "asns DESC, networks DESC, account" },
	{ "accounts-by-mails", "accounts, most mails first", FIGURE_OF_ALL,
	    "stats_accounts",
	    { NAME("account"), COUNT("mails"), COUNT("networks"),
		COUNT("countries"), TIME("last_seen") },
	    "mails", 0, "mails DESC, account" },
	{ "countries-by-accounts", "countries, most accounts first",
	    FIGURE_OF_ALL, "stats_countries",
	    { NAME("country"), COUNT("accounts"), COUNT("networks"),
		COUNT("mails"), TIME("last_seen") },
	    "accounts", 0, "accounts DESC, mails DESC, country" },
	{ "networks-by-accounts", "networks, most accounts first",
	    FIGURE_OF_ALL, "stats_networks",
	    { NETWORK, NAME("country"), COUNT("accounts"), COUNT("mails"),
		TIME("last_seen") },
	    "accounts", 0, "accounts DESC, mails DESC, network" },
	{ "blocks-by-cause", "blocks by what was reached", FIGURE_OF_ALL,
	    "stats_blocks",
	    { NAME("cause"), COUNT("holding"), COUNT("ended"),
		COUNT("refused"), TIME("last_seen") },
	    NULL, 0, "holding DESC, ended DESC, cause" },
	{ "totals", "all of it in one line", FIGURE_OF_ALL, "stats_totals",
	    { COUNT("accounts"), COUNT("networks"), COUNT("countries"),
		COUNT("mails"), COUNT("blocked"), TIME("first_seen"),
		TIME("last_seen") },
	    NULL, 0, "accounts" },
	{ NULL, NULL, FIGURE_OF_ALL, NULL, { { NULL, FIGURE_TEXT } }, NULL, 0,
	    NULL },
};

const struct figure *
stats_table_find(const char *name)
{
	for (const struct figure *f = figures; f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

size_t
stats_table_width(const struct figure *figure)
{
	size_t width = 0;

	while (width < FIGURE_COLUMNS_MAX &&
	    figure->columns[width].name != NULL)
		width++;
	return width;
}

size_t
stats_table_share(const struct figure *figure)
{
	size_t width = stats_table_width(figure);
	size_t i;

	for (i = 0; i < width; i++) {
		const char *name = figure->columns[i].name;

		if (figure->columns[i].kind == FIGURE_NUMBER &&
		    strncmp(figure->order, name, strlen(name)) == 0 &&
		    strncmp(figure->order + strlen(name), " DESC", 5) == 0)
			break;
	}
	return i;
}

static void
add_columns(struct text *text, const struct figure *figure,
    const struct figure_dialect *dialect)
{
	size_t width = stats_table_width(figure);

	for (size_t i = 0; i < width; i++) {
		const struct figure_column *column = &figure->columns[i];

		if (i > 0)
			text_add(text, ", ");
		if (column->kind == FIGURE_TIME)
			text_printf(text, "%s(%s)", dialect->time,
			    column->name);
		else
			text_add(text, column->name);
	}
}

const char *
stats_table_sql(const struct figure_query *query,
    const struct figure_dialect *dialect, char sql[FIGURE_SQL_SIZE])
{
	const struct figure *figure = query->figure;
	struct text text;

	text_init(&text, sql, FIGURE_SQL_SIZE);
	text_add(&text, "SELECT ");
	add_columns(&text, figure, dialect);
	text_printf(&text, " FROM %s%s%s", dialect->schema, figure->view,
	    query->account != NULL ? dialect->of_one : dialect->of_all);
	if (query->account == NULL && strcmp(figure->view, "logins") == 0)
		text_printf(&text, " WHERE account IN (SELECT account FROM "
		    "%sstats_accounts%s WHERE %s > %u)", dialect->schema,
		    dialect->of_all, figure->counted, query->more_than);
	else if (query->account == NULL && figure->counted != NULL)
		text_printf(&text, " WHERE %s > %u", figure->counted,
		    query->more_than);
	text_printf(&text, " ORDER BY %s", figure->order);
	if (query->most > 0)
		text_printf(&text, " LIMIT %u", query->most);
	assert(!text.is_cut);
	return sql;
}

void
figure_table_add(struct figure_table *table, enum figure_kind kind,
    const char *text)
{
	char network[ADDR_TEXT_SIZE];
	struct addr addr;
	size_t count = table->count;

	/* Doubled whenever it is full, at each power of two. */
	if ((count & (count - 1)) == 0)
		table->cells = mem_grow(table->cells,
		    count == 0 ? 1 : 2 * count, sizeof(*table->cells));
	/* PostgreSQL writes a host as "192.0.2.1/32". */
	if (kind == FIGURE_NETWORK && text != NULL &&
	    addr_parse(text, &addr) == 0)
		text = addr_format(&addr, network);
	table->cells[count] = mem_dup(text != NULL ? text : "");
	table->count++;
}

void
figure_table_clear(struct figure_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->cells[i]);
	free(table->cells);
	memset(table, 0, sizeof(*table));
}
