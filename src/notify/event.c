/*
 * event.c -- a block or its end, as it is told.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/event.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/print.h"
#include "mail/mime.h"
#include "policy/reply.h"
#include "policy/show.h"
#include "store/side.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static const char *
string(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value != NULL ? value : "";
}

static int64_t
number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* Give the event a value of its own and a name for it. */
static void
add(struct event *event, const char *name, char *value)
{
	event->owned[event->owned_count++] = value;
	event->values[event->value_count].name = name;
	event->values[event->value_count].is_lines =
	    strcmp(name, "logins") == 0;
	event->values[event->value_count++].value = value;
}

static char *
time_text(int64_t ms)
{
	char text[24];

	clock_format(ms, text);
	return mem_dup(text);
}

static char *
reason_in(const json_t *json, enum language language)
{
	const struct finding finding = {
		.cause = (enum cause)number(json, "cause"),
		.found = (uint32_t)number(json, "found"),
		.limit = (uint32_t)number(json, "limit"),
		.per_s = (uint32_t)number(json, "per"),
	};
	char text[REASON_SIZE];

	return mem_dup(reply_reason_in(language, &finding,
	    string(json, "note"), text));
}

static char *
reason(const json_t *json)
{
	return reason_in(json, LANGUAGE_EN);
}

static char *
until(const json_t *json, enum language language)
{
	return number(json, "until") != 0 ? time_text(number(json, "until")) :
	    mem_dup(language == LANGUAGE_DE ? "zur Freigabe" :
					      "it is unblocked");
}

/* The evidence as a table, indented. */
static char *
logins_table(const json_t *json, enum language language)
{
	static const char *const heads[] = { "  NETWORK", "COUNTRY", "FIRST",
		"LAST", "MAILS", NULL };
	static const char *const german[] = { "  NETZ", "STAAT", "ZUERST",
		"ZULETZT", "MAILS", NULL };
	bool is_german = language == LANGUAGE_DE;
	struct table *table = table_new(is_german ? german : heads);
	char *bytes = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&bytes, &length);
	size_t i;
	json_t *login;

	json_array_foreach(json_object_get(json, "logins"), i, login) {
		char *network = mem_printf("  %s", string(login, "network"));
		char *mails = mem_printf("%lld",
		    (long long)number(login, "mails"));
		char first[24];
		char last[24];
		const char *row[] = { network, string(login, "country"),
			first, last, mails };

		clock_format(number(login, "first"), first);
		clock_format(number(login, "last"), last);
		table_add(table, row);
		free(network);
		free(mails);
	}
	if (out == NULL) {
		table_free(table);
		return mem_dup("");
	}
	if (table_rows(table) > 0)
		table_print(table, out);
	else
		fputs(is_german ?
		    "  (nirgends: ein Administrator hat es gesperrt)\n" :
		    "  (nowhere: an administrator blocked it)\n", out);
	fclose(out);
	table_free(table);
	if (length > 0)
		bytes[length - 1] = '\0';
	return bytes;
}

static void
add_values(struct event *event)
{
	const json_t *json = event->json;
	char per[24];

	duration_format(number(json, "per"), per);
	add(event, "account", mem_dup(string(json, "account")));
	add(event, "argument", template_quote(string(json, "account")));
	add(event, "client", mem_dup(string(json, "client")));
	add(event, "country", mem_dup(string(json, "country")));
	add(event, "asn", number(json, "asn") > 0 ?
	    mem_printf("AS%lld", (long long)number(json, "asn")) :
	    mem_dup(""));
	for (int i = 0; i < MEASURE_COUNT; i++)
		if (!measures[i].is_home)
			add(event, measures[i].name, mem_printf("%lld",
			    (long long)number(json, measures[i].name)));
	add(event, "limit", mem_printf("%lld",
	    (long long)number(json, "limit")));
	add(event, "per", mem_dup(per));
	add(event, "reason", reason(json));
	add(event, "until", until(json, LANGUAGE_EN));
	add(event, "time", time_text(number(json, "at")));
	add(event, "host", mem_dup(string(json, "server")));
	add(event, "logins", logins_table(json, LANGUAGE_EN));
}

const struct template_value *
event_translate(const struct event *event, enum language language,
    struct event_words *words)
{
	memset(words, 0, sizeof(*words));
	if (language != LANGUAGE_DE)
		return event->values;
	words->reason = reason_in(event->json, language);
	words->until = until(event->json, language);
	words->logins = logins_table(event->json, language);
	memcpy(words->values, event->values, sizeof(words->values));
	for (size_t i = 0; i < event->value_count; i++) {
		struct template_value *value = &words->values[i];

		if (strcmp(value->name, "reason") == 0)
			value->value = words->reason;
		else if (strcmp(value->name, "until") == 0)
			value->value = words->until;
		else if (strcmp(value->name, "logins") == 0)
			value->value = words->logins;
	}
	return words->values;
}

void
event_words_clear(struct event_words *words)
{
	free(words->reason);
	free(words->until);
	free(words->logins);
}

int
event_open(struct event *event, const struct outbox_row *row)
{
	memset(event, 0, sizeof(*event));
	event->is_block = strcmp(row->kind, "block") == 0;
	event->json = json_loads(row->event, 0, NULL);
	if (!json_is_object(event->json)) {
		json_decref(event->json);
		event->json = NULL;
		return -1;
	}
	add_values(event);
	return 0;
}

void
event_close(struct event *event)
{
	for (size_t i = 0; i < event->owned_count; i++)
		free(event->owned[i]);
	json_decref(event->json);
	memset(event, 0, sizeof(*event));
}

const char *
event_string(const struct event *event, const char *key)
{
	return string(event->json, key);
}

const char *
event_server(const struct event *event)
{
	const char *server = string(event->json, "server");

	return server[0] != '\0' ? server : store_server_name();
}

/* What happened to whom, and when, is the event: each way and each try of
 * telling it, from whatever server, has the same. */
static void
name_event(const struct event *event, char id[EVENT_ID])
{
	unsigned char digest[EVP_MAX_MD_SIZE] = { 0 };
	char *what = mem_printf("%d\n%s\n%lld\n%lld\n%s", event->is_block,
	    string(event->json, "account"),
	    (long long)number(event->json, "at"),
	    (long long)number(event->json, "began"), event_server(event));
	struct text text;

	EVP_Digest(what, strlen(what), digest, NULL, EVP_sha256(), NULL);
	text_init(&text, id, EVENT_ID);
	text_add(&text, "evt_");
	for (int i = 0; i < 16; i++)
		text_printf(&text, "%02x", digest[i]);
	free(what);
}

static json_t *
export_logins(const json_t *json)
{
	json_t *array = json_array();
	json_t *login;
	size_t i;

	json_array_foreach(json_object_get(json, "logins"), i, login)
		json_array_append_new(array, json_pack("{ss ss so so sI}",
		    "network", string(login, "network"),
		    "country", string(login, "country"),
		    "first", show_time(number(login, "first")),
		    "last", show_time(number(login, "last")),
		    "mails", (json_int_t)number(login, "mails")));
	return array;
}

char *
event_export(const struct event *event, char id[EVENT_ID])
{
	const json_t *json = event->json;
	char *why = reason(json);
	char *text;
	json_t *document;

	name_event(event, id);
	document = json_pack(
	    "{ss ss ss ss so ss ss sI sI sI ss ss so so sI so}",
	    "id", id, "event", event->is_block ? "block" : "unblock",
	    "account", string(json, "account"),
	    "server", string(json, "server"),
	    "time", show_time(number(json, "at")),
	    "reason", why,
	    "cause", cause_name((enum cause)number(json, "cause")),
	    "found", (json_int_t)number(json, "found"),
	    "limit", (json_int_t)number(json, "limit"),
	    "window", (json_int_t)number(json, "per"),
	    "client", string(json, "client"),
	    "country", string(json, "country"),
	    "began", show_time(number(json, "began")),
	    "until", show_time(number(json, "until")),
	    "refused", (json_int_t)number(json, "attempts"),
	    "logins", export_logins(json));
	for (int i = 0; i < MEASURE_COUNT; i++)
		json_object_set_new(document, measures[i].name,
		    json_integer(number(json, measures[i].name)));
	text = json_dumps(document, JSON_COMPACT);
	json_decref(document);
	free(why);
	return text;
}

char *
event_line(const struct event *event)
{
	char *when = time_text(number(event->json, "at"));
	char *why = reason(event->json);
	char *account = mime_clean(string(event->json, "account"), false);
	char *because = mime_clean(why, false);
	char *line = mem_printf("  %s  %s  %s: %s\n", when,
	    event->is_block ? "blocked  " : "unblocked", account, because);

	free(when);
	free(why);
	free(account);
	free(because);
	return line;
}
