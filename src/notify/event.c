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
#include "policy/login_standing_words.h"
#include "policy/reply.h"
#include "store/side.h"

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
until(const json_t *json, enum language language)
{
	return number(json, "until") != 0 ? time_text(number(json, "until")) :
	    mem_dup(language == LANGUAGE_DE ? "zur Freigabe" :
					      "it is unblocked");
}

/* "AS64496"; "": unknown. */
static char *
system_text(const json_t *json)
{
	return number(json, "asn") > 0 ?
	    mem_printf("AS%lld", (long long)number(json, "asn")) :
	    mem_dup("");
}

/* The login that did it: "192.0.2.1 DE, AS64496 Example: a known place". */
static char *
login_text(const struct event *event, enum language language)
{
	const json_t *json = event->json;
	char words[STANDING_WORDS_SIZE];
	char *system, *text;

	if (string(json, "client")[0] == '\0')
		return mem_dup("-");
	system = system_text(json);
	standing_place_words(&event->standing, language, words);
	text = mem_printf("%s%s%s%s%s%s%s%s%s", string(json, "client"),
	    string(json, "country")[0] != '\0' ? " " : "",
	    string(json, "country"), system[0] != '\0' ? ", " : "", system,
	    string(json, "as_name")[0] != '\0' ? " " : "",
	    string(json, "as_name"), words[0] != '\0' ? ": " : "", words);
	free(system);
	return text;
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

/* Where the login came from, and what is known of that. */
static void
add_place(struct event *event)
{
	const struct standing *standing = &event->standing;
	const json_t *json = event->json;
	char text[STANDING_WORDS_SIZE];

	add(event, "asn", system_text(json));
	add(event, "as_name", mem_dup(string(json, "as_name")));
	add(event, "place", mem_dup(standing->place));
	add(event, "state", mem_dup(place_state_name(standing->state)));
	add(event, "first", mem_dup(standing_first(standing, text)));
	add(event, "known_places", standing->is_told ?
	    mem_printf("%u", standing->known_places) : mem_dup(""));
	add(event, "peak", mem_dup(standing_peak(standing,
	    (enum cause)number(json, "cause"), text)));
	add(event, "login", login_text(event, LANGUAGE_EN));
	standing_account_words(standing, text);
	add(event, "history", mem_dup(text[0] != '\0' ? text : "-"));
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
	add_place(event);
	for (int i = 0; i < MEASURE_COUNT; i++)
		if (!measures[i].is_home)
			add(event, measures[i].name, mem_printf("%lld",
			    (long long)number(json, measures[i].name)));
	add(event, "found", mem_printf("%lld",
	    (long long)number(json, "found")));
	add(event, "limit", mem_printf("%lld",
	    (long long)number(json, "limit")));
	add(event, "per", mem_dup(per));
	add(event, "reason", event_reason(event));
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
	words->login = login_text(event, language);
	words->logins = logins_table(event->json, language);
	memcpy(words->values, event->values, sizeof(words->values));
	for (size_t i = 0; i < event->value_count; i++) {
		struct template_value *value = &words->values[i];

		if (strcmp(value->name, "reason") == 0)
			value->value = words->reason;
		else if (strcmp(value->name, "until") == 0)
			value->value = words->until;
		else if (strcmp(value->name, "login") == 0)
			value->value = words->login;
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
	free(words->login);
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
	standing_read(&event->standing, event->json);
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

int64_t
event_number(const struct event *event, const char *key)
{
	return number(event->json, key);
}

char *
event_reason(const struct event *event)
{
	return reason_in(event->json, LANGUAGE_EN);
}

const char *
event_server(const struct event *event)
{
	const char *server = string(event->json, "server");

	return server[0] != '\0' ? server : store_server_name();
}

char *
event_line(const struct event *event)
{
	char *when = time_text(number(event->json, "at"));
	char *why = event_reason(event);
	char *login = login_text(event, LANGUAGE_EN);
	bool has_login = event->is_block && strcmp(login, "-") != 0;
	char *text = mem_printf("%s: %s%s%s%s",
	    string(event->json, "account"), why, has_login ? " (" : "",
	    has_login ? login : "", has_login ? ")" : "");
	char *clean = mime_clean(text, false);
	char *line = mem_printf("  %s  %s  %s\n", when,
	    event->is_block ? "blocked  " : "unblocked", clean);

	free(when);
	free(why);
	free(login);
	free(text);
	free(clean);
	return line;
}
