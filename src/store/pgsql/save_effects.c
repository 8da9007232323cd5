/*
 * save_effects.c -- what follows from decisions, as policyd.save reads it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/save_effects.h"

#include <jansson.h>
#include <stdlib.h>

/* One more thing to do, to be filled in. at_ms: when. */
static json_t *
add(json_t *list, const struct work *work, size_t i, const char *op,
    int64_t at_ms)
{
	json_t *object = json_pack("{ss sI ss sI}", "op", op, "i",
	    (json_int_t)i + 1, "account", work->account, "at",
	    (json_int_t)at_ms);

	json_array_append_new(list, object);
	return object;
}

/* The end of a block; none: until unblocked. */
static void
set_until(json_t *object, int64_t until_ms)
{
	if (until_ms != STATE_FOREVER)
		json_object_set_new(object, "until", json_integer(until_ms));
}

static void
add_change(json_t *list, const struct notify_options *notify, const struct work *work,
    size_t i, const struct block_change *change)
{
	const char *names[CHANNELS_MAX];
	size_t count = store_channels(notify, change->is_begin, names);
	json_t *channels = json_array();
	json_t *object = add(list, work, i,
	    change->is_begin ? "begin" : "end", change->at_ms);

	for (size_t k = 0; k < count; k++)
		json_array_append_new(channels, json_string(names[k]));
	json_object_set_new(object, "channels", channels);
	json_object_set_new(object, "server",
	    json_string(store_server_name()));
	json_object_set_new(object, "counts",
	    change_json(change));
	if (!change->is_begin)
		return;
	json_object_set_new(object, "cause", json_integer(change->cause));
	json_object_set_new(object, "found", json_integer(change->found));
	json_object_set_new(object, "limit", json_integer(change->limit));
	json_object_set_new(object, "per", json_integer(change->per_s));
	json_object_set_new(object, "note", json_string(change->note));
	json_object_set_new(object, "client", json_string(change->client));
	json_object_set_new(object, "country", json_string(change->country));
	set_until(object, change->until_ms);
}

static void
add_audit(json_t *list, const struct actor *actor, const struct work *work,
    size_t i, int64_t now_ms)
{
	json_t *object;
	const char *action;
	char *detail;

	if (!work->is_audited || actor->name == NULL)
		return;
	object = add(list, work, i, "audit", now_ms);
	detail = work_audit(work, &action);
	json_object_set_new(object, "actor", json_string(actor->name));
	json_object_set_new(object, "origin", json_string(actor->origin));
	json_object_set_new(object, "action", json_string(action));
	json_object_set_new(object, "detail", json_loads(detail, 0, NULL));
	free(detail);
}

bool
follow_is_due(const struct work *work)
{
	return work->change_count > 0 || work->reached_count > 0 ||
	    work->attempts > 0 || work->is_moved || work->is_orphan ||
	    work->is_audited || work->older.is_changed || work->trim_ms != 0;
}

/* What the account's row has no room for, and who gives way. */
static void
add_older(json_t *list, const struct work *work, size_t i)
{
	char *text;

	if (work->trim_ms != 0)
		add(list, work, i, "trim", work->trim_ms);
	if (!work->older.is_changed)
		return;
	text = older_text(&work->older, work->state.complete_ms);
	json_object_set_new(add(list, work, i, "older", 0), "older",
	    json_string(text));
	free(text);
}

static void
add_work(json_t *list, const struct notify_options *notify, const struct actor *actor,
    const struct work *work, size_t i, int64_t now_ms)
{
	for (size_t k = 0; k < work->change_count; k++)
		add_change(list, notify, work, i, &work->changes[k]);
	if (work->is_moved)
		set_until(add(list, work, i, "move", work->held.began_ms),
		    work->state.blocked_until_ms);
	if (work->is_orphan)
		add(list, work, i, "orphan", now_ms);
	for (size_t k = 0; k < work->reached_count; k++) {
		const struct reached *reached = &work->reached[k];
		json_t *object = add(list, work, i, "reached", now_ms);

		json_object_set_new(object, "cause",
		    json_integer(reached->cause));
		json_object_set_new(object, "limit",
		    json_integer(reached->limit));
		json_object_set_new(object, "per",
		    json_integer(reached->per_s));
		json_object_set_new(object, "times",
		    json_integer(reached->times));
	}
	if (work->attempts > 0)
		json_object_set_new(add(list, work, i, "attempts", now_ms),
		    "times", json_integer(work->attempts));
	add_older(list, work, i);
	add_audit(list, actor, work, i, now_ms);
}

char *
follow_json(const struct notify_options *notify, const struct actor *actor,
    struct work *const *works, size_t count, int64_t now_ms)
{
	json_t *list = NULL;
	char *text;

	for (size_t i = 0; i < count; i++) {
		if (!follow_is_due(works[i]))
			continue;
		if (list == NULL)
			list = json_array();
		add_work(list, notify, actor, works[i], i, now_ms);
	}
	if (list == NULL)
		return NULL;
	text = json_dumps(list, JSON_COMPACT);
	json_decref(list);
	return text;
}
