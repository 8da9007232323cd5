/*
 * stats.c -- statistics of the logins that are kept, as tables.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/stats.h"

#include "base/clock.h"
#include "base/log.h"
#include "command/print.h"
#include "command/account_subject.h"
#include "directory/account_lookup.h"
#include "policy/store_of.h"
#include "policy/time_json.h"
#include "store/store.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum {
	/* Many millions of logins take a while to count. */
	PATIENCE_MS = 10 * 60 * 1000,
	OVERVIEW_ROWS = 10,
};

/* "FIRST SEEN" for "first_seen". */
static void
head(const char *name, char text[24])
{
	size_t i;

	for (i = 0; i < 23 && name[i] != '\0'; i++)
		text[i] = name[i] == '_' ? ' ' :
		    (char)toupper((unsigned char)name[i]);
	text[i] = '\0';
}

static const char *
show(enum figure_kind kind, const char *cell, FILE *out,
    char time[WHEN_SIZE])
{
	if (kind == FIGURE_TIME) {
		print_time(out, strtoll(cell, NULL, 10), time);
		return time;
	}
	return cell[0] != '\0' ? cell : "-";
}

static void
print_table(const struct figure *figure, const struct figure_table *found,
    FILE *out)
{
	char names[FIGURE_COLUMNS_MAX][24];
	const char *heads[FIGURE_COLUMNS_MAX + 1] = { NULL };
	const char *row[FIGURE_COLUMNS_MAX];
	char times[FIGURE_COLUMNS_MAX][WHEN_SIZE];
	struct table *table;

	for (size_t i = 0; i < found->columns; i++) {
		head(figure->columns[i].name, names[i]);
		heads[i] = names[i];
	}
	table = table_new(heads);
	for (size_t at = 0; at < found->count; at += found->columns) {
		for (size_t i = 0; i < found->columns; i++)
			row[i] = show(figure->columns[i].kind,
			    found->cells[at + i], out, times[i]);
		table_add(table, row);
	}
	table_draw(table, stats_table_share(figure));
	if (table_rows(table) > 0)
		table_print(table, out);
	table_free(table);
}

static json_t *
to_json(const struct figure *figure, const struct figure_table *found)
{
	json_t *array = json_array();

	for (size_t at = 0; at < found->count; at += found->columns) {
		json_t *row = json_object();

		for (size_t i = 0; i < found->columns; i++) {
			const struct figure_column *column =
			    &figure->columns[i];
			const char *cell = found->cells[at + i];
			int64_t number = strtoll(cell, NULL, 10);

			json_object_set_new(row, column->name,
			    column->kind == FIGURE_NUMBER ?
				json_integer((json_int_t)number) :
				column->kind == FIGURE_TIME ?
				show_time(number) : json_string(cell));
		}
		json_array_append_new(array, row);
	}
	return array;
}

static enum store_result
ask(struct store *store, const char *name, uint32_t most,
    struct figure_table *table)
{
	const struct figure_query query = { .figure = stats_table_find(name),
		.more_than = query.figure->more_than, .most = most };

	return store_figures(store, &query, table,
	    clock_mono_ms() + PATIENCE_MS);
}

static void
print_names(FILE *out)
{
	static const char *const arguments[] = {
		[FIGURE_OF_ALL] = "", [FIGURE_OF_SOME] = " [ACCOUNT]",
		[FIGURE_OF_ONE] = " ACCOUNT",
	};

	fputs("\npolicyd --stats NAME tells more:\n", out);
	for (const struct figure *f = figures; f->name != NULL; f++) {
		int width = fprintf(out, "  %s%s", f->name,
		    arguments[f->account]);

		fprintf(out, "%*s%s\n", width < 25 ? 25 - width : 1, "",
		    f->help);
	}
}

/* Without a name: the totals, whom to look at first, and the names. */
static int
overview(const struct job *job, struct store *store)
{
	static const char totals_name[] = "totals";
	static const char top_name[] = "accounts-by-countries";
	struct figure_table totals, top = { 0, 0, NULL };
	int status = EX_UNAVAILABLE;

	if (ask(store, totals_name, 0, &totals) == STORE_DONE &&
	    ask(store, top_name, OVERVIEW_ROWS, &top) == STORE_DONE) {
		const struct figure *figure = stats_table_find(totals_name);

		status = EX_OK;
		if (job->is_json) {
			json_t *document = json_pack("{so so}", totals_name,
			    to_json(figure, &totals), top_name,
			    to_json(stats_table_find(top_name), &top));

			print_json(job->out, document);
			json_decref(document);
		} else {
			print_table(figure, &totals, job->out);
			fputc('\n', job->out);
			print_table(stats_table_find(top_name), &top, job->out);
			print_names(job->out);
		}
	}
	figure_table_clear(&totals);
	figure_table_clear(&top);
	return status;
}

static int
one_figure(const struct job *job, struct store *store,
    const struct figure_query *query)
{
	struct figure_table table;
	int status = EX_OK;

	if (store_figures(store, query, &table,
		clock_mono_ms() + PATIENCE_MS) != STORE_DONE) {
		figure_table_clear(&table);
		return EX_UNAVAILABLE;
	}
	if (job->is_json) {
		json_t *document = to_json(query->figure, &table);

		print_json(job->out, document);
		json_decref(document);
	} else {
		print_table(query->figure, &table, job->out);
	}
	if (query->account != NULL && table.count == 0) {
		log_warning("no login of %s is kept", query->account);
		status = JOB_NOT_FOUND;
	}
	figure_table_clear(&table);
	return status;
}

/* Does the order make sense? Returns 0 or an exit status. */
static int
check_order(const struct stats_order *order, const struct figure *figure)
{
	if (figure == NULL)
		log_error("there is no statistic \"%.60s\": policyd --stats "
			  "names all of them", order->name);
	else if (figure->account == FIGURE_OF_ONE && order->account == NULL)
		log_error("--stats %s wants an ACCOUNT", figure->name);
	else if (figure->account == FIGURE_OF_ALL && order->account != NULL)
		log_error("--stats %s is of all accounts: what is %.60s for?",
		    figure->name, order->account);
	else if (figure->counted == NULL && order->more_than >= 0)
		log_error("--more-than does not go with --stats %s",
		    figure->name);
	else
		return 0;
	return EX_USAGE;
}

int
stats_run(const struct job *job, const struct stats_order *order)
{
	struct figure_query query = { .figure = NULL };
	char account[ACCOUNT_SIZE];
	struct store *store;
	int status = 0;

	if (order->name != NULL) {
		query.figure = stats_table_find(order->name);
		status = check_order(order, query.figure);
	}
	if (status == 0 && order->account != NULL) {
		status = subject_find(job, order->account, account);
		query.account = account;
	}
	if (status != 0)
		return status;
	store = store_of(job->config);
	if (query.figure == NULL) {
		status = overview(job, store);
	} else {
		query.more_than = order->more_than >= 0 ?
		    (uint32_t)order->more_than : query.figure->more_than;
		query.most = order->rows >= 0 ? (uint32_t)order->rows :
						STATS_ROWS;
		status = one_figure(job, store, &query);
	}
	store_close(store);
	return status;
}
