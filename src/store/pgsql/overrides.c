/*
 * overrides.c -- overrides in PostgreSQL, read and changed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/pgsql.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/override_json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS                                                                \
	PGSQL_OVERRIDE_COLUMNS ", author, " MS("changed_at")             \
	", coalesce(" MS("valid_until") ", 0), revision, "               \
	"position IS NOT NULL"

enum {
	COLUMN_AUTHOR = PGSQL_OVERRIDE_COLUMN_COUNT,
	COLUMN_CHANGED, COLUMN_VALID_UNTIL, COLUMN_REVISION, COLUMN_LISTED,
};

static int64_t
number(const PGresult *result, int row, int column)
{
	return strtoll(PQgetvalue(result, row, column), NULL, 10);
}

static void
take(const PGresult *result, int row, struct stored_override *stored)
{
	pgsql_take_override(result, row, &stored->override);
	stored->author = mem_dup(PQgetvalue(result, row, COLUMN_AUTHOR));
	stored->changed_ms = number(result, row, COLUMN_CHANGED);
	stored->valid_until_ms = number(result, row, COLUMN_VALID_UNTIL);
	stored->revision = number(result, row, COLUMN_REVISION);
	stored->is_listed = PQgetvalue(result, row, COLUMN_LISTED)[0] == 't';
}

enum store_result
pgsql_find_override(void *opaque, const char *account,
    struct stored_override *found, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	PGresult *result;
	bool is_there;

	params_clear(&self->params);
	params_text(&self->params, account);
	result = pgsql_run(self, "SELECT " COLUMNS " FROM policyd.override "
	    "WHERE account = $1", deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	is_there = PQntuples(result) > 0;
	if (is_there)
		take(result, 0, found);
	PQclear(result);
	return is_there ? STORE_DONE : STORE_NONE;
}

enum store_result
pgsql_list_overrides(void *opaque, const char *after, size_t most,
    struct stored_override **list, size_t *count, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	PGresult *result;

	params_clear(&self->params);
	params_number(&self->params, (int64_t)most);
	if (after != NULL)
		params_text(&self->params, after);
	result = pgsql_run(self, after != NULL ?
	    "SELECT " COLUMNS " FROM policyd.override WHERE account > $2 "
	    "ORDER BY account LIMIT $1" :
	    "SELECT " COLUMNS " FROM policyd.override "
	    "WHERE position IS NOT NULL ORDER BY position LIMIT $1",
	    deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	*count = (size_t)PQntuples(result);
	*list = mem_new(*count, sizeof(**list));
	for (size_t i = 0; i < *count; i++)
		take(result, (int)i, &(*list)[i]);
	PQclear(result);
	return STORE_DONE;
}

/* --- an override as an object of the table's columns ----------------------- */

static json_t *
limit_json(const struct override *override, enum setting setting,
    uint32_t limit)
{
	if (!override->has[setting])
		return json_null();
	return json_integer(limit == UNLIMITED ? -1 : (json_int_t)limit);
}

static json_t *
countries_json(bool has, const struct countries *countries)
{
	json_t *array;

	if (!has)
		return json_null();
	array = json_array();
	for (size_t i = 0; i < countries->count; i++)
		json_array_append_new(array, json_string(countries->codes[i]));
	return array;
}

static json_t *
networks_json(bool has, const struct networks *networks)
{
	json_t *array;
	char text[ADDR_TEXT_SIZE];

	if (!has)
		return json_null();
	array = json_array();
	for (size_t i = 0; i < networks->count; i++)
		json_array_append_new(array,
		    json_string(addr_format(&networks->list[i], text)));
	return array;
}

static json_t *
rates_json(bool has, const struct rates *rates)
{
	json_t *array;

	if (!has)
		return json_null();
	array = json_array();
	for (size_t i = 0; i < rates->count; i++) {
		json_array_append_new(array,
		    json_integer((json_int_t)rates->rules[i].mails));
		json_array_append_new(array,
		    json_integer((json_int_t)rates->rules[i].per_s));
	}
	return array;
}

static json_t *
row_json(const struct stored_override *stored)
{
	const struct override *override = &stored->override;
	const struct settings *set = &override->set;
	const bool *has = override->has;
	char until[24];
	json_t *valid_until = json_null();

	if (stored->valid_until_ms != 0) {
		clock_format(stored->valid_until_ms, until);
		valid_until = json_string(until);
	}
	return json_pack("{ss so so so so so so so so ss so}",
	    "account", override->account,
	    "countries", limit_json(override, SETTING_COUNTRIES,
		set->countries),
	    "networks", limit_json(override, SETTING_NETWORKS, set->networks),
	    "home", countries_json(has[SETTING_HOME_COUNTRIES],
		&set->home_countries),
	    "home_countries", limit_json(override, SETTING_HOME_MAX_COUNTRIES,
		set->home_max_countries),
	    "home_networks", limit_json(override, SETTING_HOME_MAX_NETWORKS,
		set->home_max_networks),
	    "only_countries", countries_json(has[SETTING_ONLY_COUNTRIES],
		&set->only_countries),
	    "only_networks", networks_json(has[SETTING_ONLY_NETWORKS],
		&set->only_networks),
	    "rates", rates_json(has[SETTING_RATES], &set->rates),
	    "comment", override->comment != NULL ? override->comment : "",
	    "valid_until", valid_until);
}

/* Add a JSON document as a parameter; the document is used up. */
static void
add_json(struct params *params, json_t *document)
{
	char *text = json_dumps(document, JSON_COMPACT);

	params_text(params, text);
	free(text);
	json_decref(document);
}

/* --- changes ---------------------------------------------------------------- */

enum store_result
pgsql_put_override(void *opaque, struct stored_override *stored,
    int64_t expected, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	struct params *params = &self->params;
	char now[40];
	PGresult *result;
	bool is_done;

	params_clear(params);
	add_json(params, row_json(stored));
	params_bool(params, stored->is_listed);
	params_number(params, expected);
	pgsql_add_actor(self);
	add_json(params, override_set_to_json(stored));
	params_text(params, pgsql_now(now));
	result = pgsql_run(self, "SELECT policyd.put_override("
	    "$1::jsonb, $2, $3, $4, $5, $6::jsonb, $7)", deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	is_done = !PQgetisnull(result, 0, 0);
	if (is_done)
		stored->revision = number(result, 0, 0);
	PQclear(result);
	return is_done ? STORE_DONE : STORE_NONE;
}

enum store_result
pgsql_delete_override(void *opaque, const char *account, bool listed_only,
    int64_t expected, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	struct params *params = &self->params;
	char now[40];
	PGresult *result;
	bool is_done;

	params_clear(params);
	params_text(params, account);
	params_bool(params, listed_only);
	params_number(params, expected);
	pgsql_add_actor(self);
	params_text(params, pgsql_now(now));
	result = pgsql_run(self, "SELECT policyd.delete_override("
	    "$1, $2, $3, $4, $5, $6)", deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	is_done = PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	return is_done ? STORE_DONE : STORE_NONE;
}

enum store_result
pgsql_replace_listed(void *opaque, const struct stored_override *list,
    size_t count, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	struct params *params = &self->params;
	json_t *rows = json_array();
	char now[40];
	PGresult *result;

	for (size_t i = 0; i < count; i++)
		json_array_append_new(rows, row_json(&list[i]));
	params_clear(params);
	add_json(params, rows);
	pgsql_add_actor(self);
	params_text(params, pgsql_now(now));
	result = pgsql_run(self, "SELECT policyd.replace_listed("
	    "$1::jsonb, $2, $3, $4)", deadline_ms);
	PQclear(result);
	return result != NULL ? STORE_DONE : STORE_FAILED;
}
