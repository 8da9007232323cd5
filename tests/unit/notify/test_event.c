/*
 * test_event.c -- rows of the outbox, as they are told.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/event.h"
#include "unit.h"

#include <string.h>

#define TIME "\"at\":1767225600000,\"began\":1767225600000,\"until\":0,"
#define WHO "\"account\":\"joe@example.com\",\"server\":\"mx\"," TIME
#define WHY "\"cause\":20,\"found\":6,\"limit\":5,\"per\":3600,\"note\":\"\","
#define FROM "\"client\":\"192.0.2.1\",\"country\":\"DE\",\"attempts\":0,"
#define LOGINS "\"logins\":[{\"network\":\"192.0.2.1\",\"country\":\"DE\","    \
	"\"first\":1767225600000,\"last\":1767225600000,\"mails\":6}]"
#define REASON                                                                 \
	"6 mails within 1h from networks never used before, 5 allowed"

/* As programs wrote it that knew nothing of places. */
static char old_row[] = "{\"event\":\"block\"," WHO WHY FROM LOGINS
    ",\"countries\":1,\"networks\":1,\"asn\":64496}";

static char new_row[] = "{\"event\":\"block\"," WHO WHY FROM LOGINS
    ",\"countries\":1,\"asn\":64496,\"as_name\":\"Example\","
    "\"place\":\"AS64496\",\"state\":\"young\",\"place_days\":2,"
    "\"place_first\":1767052800000,\"settled\":1,\"days\":20,"
    "\"known_places\":3,\"known_countries\":1,\"hour_peak\":12500,"
    "\"hour_mails\":9,\"hour_mails_allowed\":400,\"hour_young\":0,"
    "\"hour_new\":5,\"hour_new_allowed\":13,\"day_peak\":40000,"
    "\"day_mails\":30,\"day_young\":0,\"day_new\":5,"
    "\"week_peak\":90000,\"week_mails\":120,\"week_young\":7,"
    "\"week_young_allowed\":180,\"week_new\":0}";

static char by_hand[] = "{\"event\":\"block\"," WHO
    "\"cause\":8,\"found\":0,\"limit\":0,\"per\":0,\"note\":\"phished\","
    "\"client\":\"\",\"country\":\"\",\"attempts\":0,\"logins\":[],"
    "\"settled\":0,\"days\":1,\"known_places\":0,\"known_countries\":0,"
    "\"hour_peak\":0,\"day_peak\":0}";

static char blocked[] = "block", ended[] = "unblock", mail_name[] = "mail";

static struct event
opened(char *text, char *what)
{
	const struct outbox_row row = { .channel = mail_name, .kind = what,
		.event = text };
	struct event event;

	ck_assert_int_eq(event_open(&event, &row), 0);
	return event;
}

static const char *
value(const struct event *event, const char *name)
{
	for (size_t i = 0; i < event->value_count; i++)
		if (strcmp(event->values[i].name, name) == 0)
			return event->values[i].value;
	return NULL;
}

START_TEST(each_macro_has_a_value)
{
	char *texts[] = { old_row, new_row, by_hand };

	for (size_t i = 0; i < ROWS(texts); i++) {
		struct event event = opened(texts[i], blocked);

		for (int k = 0; template_names[k] != NULL; k++)
			if (strcmp(template_names[k], "count") != 0)
				ck_assert_msg(value(&event, template_names[k])
				    != NULL, "%s", template_names[k]);
		event_close(&event);
	}
}
END_TEST

static const struct {
	char *text;
	const char *name, *value;
} rows[] = {
	{ new_row, "asn", "AS64496" },
	{ new_row, "as_name", "Example" },
	{ new_row, "place", "AS64496" },
	{ new_row, "state", "young" },
	{ new_row, "first", "2025-12-30" },
	{ new_row, "known_places", "3" },
	{ new_row, "found", "6" },
	{ new_row, "limit", "5" },
	{ new_row, "per", "1h" },
	{ new_row, "reason", REASON },
	{ new_row, "login", "192.0.2.1 DE, AS64496 Example: "
	    "a place first used lately, on 2025-12-30" },
	{ new_row, "history", "3 known places, 1 known country, mail on 20 "
	    "of 60 days; peaks: 13 mails in 1h, 40 in 24h" },
	{ new_row, "peak", "13" },
	{ old_row, "asn", "AS64496" },
	{ old_row, "as_name", "" },
	{ old_row, "place", "" },
	{ old_row, "state", "" },
	{ old_row, "first", "" },
	{ old_row, "known_places", "" },
	{ old_row, "peak", "" },
	{ old_row, "login", "192.0.2.1 DE, AS64496" },
	{ old_row, "history", "-" },
	{ old_row, "reason", REASON },
	{ by_hand, "login", "-" },
	{ by_hand, "state", "" },
	{ by_hand, "reason", "phished" },
};

START_TEST(macros)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct event event = opened(rows[i].text, blocked);

		ck_assert_str_eq(value(&event, rows[i].name), rows[i].value);
		event_close(&event);
	}
}
END_TEST

START_TEST(a_login_in_german)
{
	struct event event = opened(new_row, blocked);
	struct event_words words;
	const struct template_value *values = event_translate(&event,
	    LANGUAGE_DE, &words);

	for (size_t i = 0; i < event.value_count; i++)
		if (strcmp(values[i].name, "login") == 0)
			ck_assert_str_eq(values[i].value, "192.0.2.1 DE, "
			    "AS64496 Example: erst seit kurzem benutzt, seit "
			    "2025-12-30");
	event_words_clear(&words);
	event_close(&event);
}
END_TEST

/* --- to programs -------------------------------------------------------------- */

static json_t *
exported(char *text, char *what)
{
	struct event event = opened(text, what);
	char id[EVENT_ID];
	char *told = event_export(&event, id);
	json_t *json = json_loads(told, 0, NULL);

	ck_assert_ptr_nonnull(json);
	ck_assert_str_eq(json_string_value(json_object_get(json, "id")), id);
	free(told);
	event_close(&event);
	return json;
}

static void
is_json(const json_t *json, const char *key, const char *wanted)
{
	char *text = json_dumps(json_object_get(json, key),
	    JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_COMPACT);

	ck_assert_ptr_nonnull(text);
	ck_assert_str_eq(text, wanted);
	free(text);
}

START_TEST(programs_get_places_quotas_and_peaks)
{
	json_t *json = exported(new_row, blocked);

	is_json(json, "login", "{\"as_name\":\"Example\",\"asn\":64496,"
	    "\"client\":\"192.0.2.1\",\"country\":\"DE\",\"days\":2,"
	    "\"first\":\"2025-12-30\",\"place\":\"AS64496\","
	    "\"state\":\"young\"}");
	is_json(json, "history", "{\"day\":{\"mails\":{\"allowed\":null,"
	    "\"found\":30},\"new\":{\"allowed\":null,\"found\":5},"
	    "\"peak\":40.0,\"young\":{\"allowed\":null,\"found\":0}},"
	    "\"days\":20,\"hour\":{\"mails\":{\"allowed\":400,\"found\":9},"
	    "\"new\":{\"allowed\":13,\"found\":5},\"peak\":12.5,"
	    "\"young\":{\"allowed\":null,\"found\":0}},"
	    "\"known_countries\":1,\"known_places\":3,\"settled\":true,"
	    "\"week\":{\"peak\":90.0,\"young\":{\"allowed\":180,"
	    "\"found\":7}}}");
	is_json(json, "peak", "12.5");
	is_json(json, "found", "6");
	is_json(json, "limit", "5");
	is_json(json, "window", "3600");
	is_json(json, "cause", "\"new_places.quota.hour\"");
	is_json(json, "reason", "\"" REASON "\"");
	json_decref(json);
}
END_TEST

START_TEST(what_is_not_there_is_null)
{
	json_t *json = exported(old_row, blocked);

	is_json(json, "login", "null");
	is_json(json, "history", "null");
	is_json(json, "peak", "null");
	is_json(json, "client", "\"192.0.2.1\"");
	is_json(json, "logins", "[{\"country\":\"DE\",\"first\":"
	    "\"2026-01-01T00:00:00Z\",\"last\":\"2026-01-01T00:00:00Z\","
	    "\"mails\":6,\"network\":\"192.0.2.1\"}]");
	json_decref(json);
	json = exported(by_hand, blocked);
	is_json(json, "login", "null");
	ck_assert(json_is_object(json_object_get(json, "history")));
	is_json(json, "peak", "null");
	json_decref(json);
}
END_TEST

START_TEST(a_line_of_a_digest)
{
	static const struct {
		char *text, *kind;
		const char *line;
	} lines[] = {
		{ new_row, blocked, "  2026-01-01T00:00:00Z  blocked    "
		    "joe@example.com: " REASON " (192.0.2.1 DE, AS64496 "
		    "Example: a place first used lately, on 2025-12-30)\n" },
		{ old_row, blocked, "  2026-01-01T00:00:00Z  blocked    "
		    "joe@example.com: " REASON
		    " (192.0.2.1 DE, AS64496)\n" },
		{ by_hand, blocked, "  2026-01-01T00:00:00Z  blocked    "
		    "joe@example.com: phished\n" },
		{ old_row, ended, "  2026-01-01T00:00:00Z  unblocked  "
		    "joe@example.com: " REASON "\n" },
	};

	for (size_t i = 0; i < ROWS(lines); i++) {
		struct event event = opened(lines[i].text, lines[i].kind);
		char *line = event_line(&event);

		ck_assert_str_eq(line, lines[i].line);
		free(line);
		event_close(&event);
	}
}
END_TEST

/* Names and reasons of all kinds come from elsewhere; a line is one line. */
START_TEST(a_digest_has_a_line_for_each)
{
	char kind[] = "block", account[] = "joe",
	     text[] = "{\"account\": \"joe\\n  2026-01-01 unblocked ann\", "
		      "\"at\": 1767225600000, \"cause\": 8, "
		      "\"note\": \"a\\r\\nb\"}";
	struct outbox_row row = { .kind = kind, .account = account,
		.event = text };
	struct event event;
	char *line;

	ck_assert_int_eq(event_open(&event, &row), 0);
	line = event_line(&event);
	ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
	ck_assert_ptr_null(strchr(line, '\r'));
	ck_assert_ptr_nonnull(strstr(line, "2026-01-01T00:00:00Z  blocked"));
	ck_assert_ptr_nonnull(strstr(line, "joe"));
	free(line);
	event_close(&event);
}
END_TEST

UNIT("notify/event", each_macro_has_a_value, macros, a_login_in_german,
    programs_get_places_quotas_and_peaks, what_is_not_there_is_null,
    a_line_of_a_digest,
    a_digest_has_a_line_for_each)
