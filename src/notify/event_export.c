/*
 * event_export.c -- an event as programs get it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/event.h"

#include "base/mem.h"
#include "base/text.h"
#include "policy/span_json.h"
#include "policy/time_json.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static int64_t
number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* What happened to whom, and when, is the event: each way and each try of
 * telling it, from whatever server, has the same. */
static void
name_event(const struct event *event, char id[EVENT_ID])
{
	unsigned char digest[EVP_MAX_MD_SIZE] = { 0 };
	char *what = mem_printf("%d\n%s\n%lld\n%lld\n%s", event->is_block,
	    event_string(event, "account"),
	    (long long)event_number(event, "at"),
	    (long long)event_number(event, "began"), event_server(event));
	struct text text;

	EVP_Digest(what, strlen(what), digest, NULL, EVP_sha256(), NULL);
	text_init(&text, id, EVENT_ID);
	text_add(&text, "evt_");
	for (int i = 0; i < 16; i++)
		text_printf(&text, "%02x", digest[i]);
	free(what);
}

static json_t *
export_logins(const struct event *event)
{
	json_t *array = json_array();
	json_t *login;
	size_t i;

	json_array_foreach(json_object_get(event->json, "logins"), i, login)
		json_array_append_new(array, json_pack("{ss* ss* so so sI}",
		    "network", json_string_value(json_object_get(login,
			"network")),
		    "country", json_string_value(json_object_get(login,
			"country")),
		    "first", show_time(number(login, "first")),
		    "last", show_time(number(login, "last")),
		    "mails", (json_int_t)number(login, "mails")));
	return array;
}

/* The login that did it, as --explain tells of one; an end has none. */
static json_t *
export_login(const struct event *event)
{
	const struct standing *standing = &event->standing;

	if (standing->state == PLACE_UNTOLD)
		return json_null();
	return json_pack("{ss ss sI ss ss ss sI so}",
	    "client", event_string(event, "client"),
	    "country", event_string(event, "country"),
	    "asn", (json_int_t)event_number(event, "asn"),
	    "as_name", event_string(event, "as_name"), "place", standing->place,
	    "state", place_state_name(standing->state),
	    "days", (json_int_t)standing->place_days,
	    "first", show_day(standing->first_ms));
}

/* What was known of the account, and what its rules allowed. */
static json_t *
export_history(const struct standing *standing)
{
	if (!standing->is_told)
		return json_null();
	return json_pack("{sb sI sI sI so so so}",
	    "settled", standing->is_settled,
	    "days", (json_int_t)standing->days,
	    "known_places", (json_int_t)standing->known_places,
	    "known_countries", (json_int_t)standing->known_countries,
	    "hour", show_span(&standing->spans[SPAN_HOUR]),
	    "day", show_span(&standing->spans[SPAN_DAY]),
	    "week", show_week(&standing->spans[SPAN_WEEK]));
}

static json_t *
export_peak(const struct event *event)
{
	enum span span = cause_span((enum cause)event_number(event, "cause"));

	return event->standing.is_told && span != SPANS ?
	    json_real(event->standing.spans[span].peak) : json_null();
}

char *
event_export(const struct event *event, char id[EVENT_ID])
{
	char *why = event_reason(event);
	char *text;
	json_t *document;

	name_event(event, id);
	document = json_pack(
	    "{ss ss ss ss so ss ss sI sI sI so ss ss so so sI so so so}",
	    "id", id, "event", event->is_block ? "block" : "unblock",
	    "account", event_string(event, "account"),
	    "server", event_string(event, "server"),
	    "time", show_time(event_number(event, "at")),
	    "reason", why,
	    "cause", cause_name((enum cause)event_number(event, "cause")),
	    "found", (json_int_t)event_number(event, "found"),
	    "limit", (json_int_t)event_number(event, "limit"),
	    "window", (json_int_t)event_number(event, "per"),
	    "peak", export_peak(event),
	    "client", event_string(event, "client"),
	    "country", event_string(event, "country"),
	    "began", show_time(event_number(event, "began")),
	    "until", show_time(event_number(event, "until")),
	    "refused", (json_int_t)event_number(event, "attempts"),
	    "login", export_login(event),
	    "history", export_history(&event->standing),
	    "logins", export_logins(event));
	for (int i = 0; i < MEASURE_COUNT; i++)
		json_object_set_new(document, measures[i].name,
		    json_integer(event_number(event, measures[i].name)));
	/* Thousandths are all that is known of peaks. */
	text = json_dumps(document, JSON_COMPACT | JSON_REAL_PRECISION(12));
	json_decref(document);
	free(why);
	return text;
}
