/*
 * v1_server.c -- what the server tells of itself under /v1.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/v1_server.h"

#include "admin/admin.h"
#include "admin/exchange.h"
#include "base/counters.h"
#include "base/mem.h"
#include "config/keys.h"
#include "config/value.h"
#include "policy/time_json.h"
#include "store/search.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 100 };

void
v1_server_statistics(struct admin *admin, struct exchange *exchange)
{
	json_t *counters = json_object();
	json_t *store = json_null();

	for (int i = 0; i < STAT_COUNT; i++) {
		const struct counter_info *info = counters_info((enum counter)i);

		if (!info->is_bucket)
			json_object_set_new(counters, info->name,
			    json_integer((json_int_t)counters_sum(
				(enum counter)i)));
	}
	if (admin_totals(admin)) {
		const struct totals *totals = &admin->totals;

		store = json_pack("{sI sI sI so}", "blocked",
		    (json_int_t)totals->blocked, "overrides",
		    (json_int_t)totals->overrides, "outbox",
		    (json_int_t)totals->outbox, "outbox_since",
		    show_time(totals->outbox_since_ms));
	}
	exchange_json(exchange, MHD_HTTP_OK, json_pack("{ss so so}",
	    "version", POLICYD_VERSION, "counters", counters, "store",
	    store));
}

/* The value of a key as --get-config prints it: a text, or one a line. */
static json_t *
value_json(const struct config *config, const struct key *option)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = mem_stream(&text, &length);
	char *state = NULL;
	json_t *value;

	config_get(config, option->key, out);
	fclose(out);
	if (value_is_scalar(option)) {
		if (length > 0)
			text[length - 1] = '\0';
		value = json_string(text);
	} else {
		value = json_array();
		for (char *line = strtok_r(text, "\n", &state); line != NULL;
		     line = strtok_r(NULL, "\n", &state))
			json_array_append_new(value, json_string(line));
	}
	free(text);
	return value;
}

void
v1_server_configuration(struct admin *admin, struct exchange *exchange)
{
	json_t *object = json_object();

	for (const struct key *o = keys; o->key != NULL; o++)
		json_object_set_new(object, o->key,
		    value_json(admin->config, o));
	exchange_json(exchange, MHD_HTTP_OK, json_pack("{ss so}", "file",
	    admin->config->path, "configuration", object));
}

static json_t *
change_json(const struct change *change)
{
	json_t *detail = json_loads(change->detail, 0, NULL);

	return json_pack("{sI so ss ss ss ss so}", "id",
	    (json_int_t)change->id, "at", show_time(change->at_ms), "actor",
	    change->actor, "origin", change->origin, "action", change->action,
	    "subject", change->subject, "detail",
	    detail != NULL ? detail : json_null());
}

void
v1_server_audit(struct admin *admin, struct exchange *exchange)
{
	int64_t most = exchange_number(exchange, "limit", PAGE);
	int64_t before = exchange_number(exchange, "before", 0);
	const char *search = exchange_query(exchange, "search");
	struct change *changes = NULL;
	size_t count = 0;
	json_t *array;

	if (store_search_changes(admin->desk.store, search != NULL ? search :
		"", before, (size_t)most, &changes, &count,
		admin_deadline()) != STORE_DONE) {
		exchange_no_store(exchange);
		return;
	}
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, change_json(&changes[i]));
	exchange_json(exchange, MHD_HTTP_OK, json_pack("{so so}", "changes",
	    array, "next", count == (size_t)most ?
	    json_integer((json_int_t)changes[count - 1].id) : json_null()));
	for (size_t i = 0; i < count; i++)
		change_clear(&changes[i]);
	free(changes);
}
