/*
 * reply.c -- the text of an answer. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/reply.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"
#include "policy/german_reasons.h"
#include "policy/login_standing_words.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Longest value filled in: an account of 320 bytes must fit. Of a note, which
 * may be long, so much is told. */
enum { VALUE_SIZE = 330, NOTE_MAX = 150 };

struct values {
	const char *account;
	const struct login *login;
	const struct finding *finding;
	enum language language;
};

/* It may have been cut anywhere before. */
static void
write_note(const char *note, char text[REASON_SIZE])
{
	text_copy_line(text, NOTE_MAX + 1, note, strlen(note));
}

/* is_more: what was found may be more. The note may be longer than that of a
 * finding. */
static const char *
write_reason(const struct finding *finding, const char *note, bool is_more,
    enum language language, char text[REASON_SIZE])
{
	char counted[CAUSE_TEXT_SIZE];

	if (language == LANGUAGE_DE &&
	    german_reason(finding, is_more, text, REASON_SIZE))
		return text;
	if (cause_reason(finding->cause, finding->found, is_more,
		finding->limit, finding->per_s, counted)) {
		strcpy(text, counted);
		return text;
	}
	switch ((int)finding->cause) {
	case CAUSE_ONLY_COUNTRIES:
	case CAUSE_ONLY_NETWORKS:
		snprintf(text, REASON_SIZE, "login from %s",
		    cause_words(finding->cause));
		break;
	case CAUSE_MANUAL:
		write_note(note[0] != '\0' ? note :
		    language == LANGUAGE_DE ? "vom Administrator gesperrt" :
		    "blocked by the administrator", text);
		break;
	case CAUSE_NONE:
	default:
		text[0] = '\0';
		break;
	}
	return text;
}

static const char *
reason_of(const struct finding *finding, enum language language,
    char text[REASON_SIZE])
{
	enum measure measure = cause_measure(finding->cause);

	/* What was found when a block began may be something else. */
	return write_reason(finding, finding->note,
	    measure != MEASURE_COUNT && finding->evidence.is_capped &&
	    finding->found == finding->evidence.found[measure], language,
	    text);
}

const char *
reply_reason_of(const struct finding *finding, char text[REASON_SIZE])
{
	return reason_of(finding, LANGUAGE_EN, text);
}

const char *
reply_reason_in(enum language language, const struct finding *finding,
    const char *note, char text[REASON_SIZE])
{
	return write_reason(finding, note, false, language, text);
}

const char *
reply_reason(enum cause cause, uint32_t found, uint32_t limit, uint32_t per_s,
    const char *note, char text[REASON_SIZE])
{
	const struct finding finding = { .cause = cause, .found = found,
		.limit = limit, .per_s = per_s };

	return write_reason(&finding, note, false, LANGUAGE_EN, text);
}

/* Is the macro at name (length bytes) this one? */
static bool
is_macro(const char *name, size_t length, const char *macro)
{
	return strlen(macro) == length && memcmp(name, macro, length) == 0;
}

/* "countries": how many, at home and elsewhere; false if it is none of them. */
static bool
found_of(const char *name, size_t length, const struct evidence *evidence,
    uint32_t *found)
{
	for (int i = 0; i < MEASURE_COUNT; i++) {
		if (measures[i].is_home ||
		    !is_macro(name, length, measures[i].name))
			continue;
		*found = evidence_sum(evidence, measures[i].what);
		return true;
	}
	return false;
}

/* Where the login comes from, and what is known of that. */
static bool
place_value(const char *name, size_t length, const struct values *v,
    char value[VALUE_SIZE])
{
	const struct standing *standing = &v->finding->standing;
	char text[STANDING_WORDS_SIZE];

	if (is_macro(name, length, "country"))
		snprintf(value, VALUE_SIZE, "%s", v->login->country);
	else if (is_macro(name, length, "asn"))
		snprintf(value, VALUE_SIZE, v->login->asn != 0 ? "AS%u" : "",
		    v->login->asn);
	else if (is_macro(name, length, "as_name"))
		snprintf(value, VALUE_SIZE, "%s", v->login->as_name);
	else if (is_macro(name, length, "place"))
		snprintf(value, VALUE_SIZE, "%s", standing->place);
	else if (is_macro(name, length, "state"))
		strcpy(value, place_state_name(standing->state));
	else if (is_macro(name, length, "first"))
		strcpy(value, standing_first(standing, text));
	else if (is_macro(name, length, "known_places"))
		snprintf(value, VALUE_SIZE, standing->is_told ? "%u" : "",
		    standing->known_places);
	else if (is_macro(name, length, "peak"))
		strcpy(value, standing_peak(standing, v->finding->cause,
		    text));
	else
		return false;
	return true;
}

/* Write the value of a macro to value; false if there is no such macro. */
static bool
value_of(const char *name, size_t length, const struct values *v,
    char value[VALUE_SIZE])
{
	const struct finding *f = v->finding;
	char reason[REASON_SIZE];
	char time[24];
	char address[ADDR_TEXT_SIZE];
	uint32_t found;
	bool is_german = v->language == LANGUAGE_DE;

	if (is_macro(name, length, "account"))
		snprintf(value, VALUE_SIZE, "%s", v->account);
	else if (is_macro(name, length, "client"))
		snprintf(value, VALUE_SIZE, "%s",
		    addr_format(&v->login->client, address));
	else if (found_of(name, length, &f->evidence, &found))
		snprintf(value, VALUE_SIZE, "%u%s", found,
		    !f->evidence.is_capped ? "" : is_german ? " oder mehr" :
		    " or more");
	else if (is_macro(name, length, "found"))
		snprintf(value, VALUE_SIZE, "%u", f->found);
	else if (is_macro(name, length, "limit"))
		snprintf(value, VALUE_SIZE, "%u", f->limit);
	else if (is_macro(name, length, "per"))
		duration_format(f->per_s, value);
	else if (is_macro(name, length, "reason"))
		snprintf(value, VALUE_SIZE, "%s", 
		    reason_of(f, v->language, reason));
	else if (is_macro(name, length, "until") && f->until_ms == 0)
		strcpy(value, is_german ? "zur Freigabe" :
		    "unblocked by an administrator");
	else if (is_macro(name, length, "until")) {
		clock_format(f->until_ms, time);
		snprintf(value, VALUE_SIZE, "%s", time);
	} else
		return place_value(name, length, v, value);
	return true;
}

/* Of access(5), what goes into the mail or its envelope; all else may be said
 * to the client. */
static bool
is_for_mail(const char *action)
{
	static const char *const words[] = { "BCC", "FILTER", "PREPEND",
		"REDIRECT" };
	size_t length = strcspn(action, " \t");

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i]) == length &&
		    strncasecmp(action, words[i], length) == 0)
			return true;
	return false;
}

/* Without control bytes; and a character that is not ASCII becomes one. */
static void
add_clean(struct text *out, const char *value, bool is_ascii)
{
	size_t left = strlen(value);

	while (left > 0) {
		size_t length = text_utf8(value, left);

		if (length == 0)
			length = 1;
		if (is_ascii && (*value & 0x80) != 0 && !text_is_c1(value))
			text_add_char(out, '?');
		else if (!text_is_c1(value) &&
		    (unsigned char)*value >= ' ' && *value != 0x7f)
			text_add_n(out, value, length);
		value += length;
		left -= length;
	}
}

void
reply_format(const char *action, const char *account,
    const struct login *login, const struct finding *finding,
    char text[REPLY_SIZE])
{
	reply_format_in(LANGUAGE_EN, action, account, login, finding, text);
}

void
reply_format_in(enum language language, const char *action,
    const char *account, const struct login *login,
    const struct finding *finding, char text[REPLY_SIZE])
{
	struct values values = { account, login, finding, language };
	bool is_ascii = !is_for_mail(action);
	struct text out;

	text_init(&out, text, REPLY_SIZE);
	while (*action != '\0') {
		size_t plain = strcspn(action, "$");
		const char *end = strchr(action + plain, '}');
		char value[VALUE_SIZE];

		text_add_n(&out, action, plain);
		action += plain;
		if (action[0] == '$' && action[1] == '{' && end != NULL &&
		    value_of(action + 2, (size_t)(end - action - 2), &values,
			value)) {
			add_clean(&out, value, is_ascii);
			action = end + 1;
			continue;
		}
		if (*action != '\0')
			text_add_char(&out, *action++);
	}
	/* Do not end within a UTF-8 sequence. */
	if (out.is_cut) {
		size_t start = out.length;

		while (start > 0 && (text[start - 1] & 0xc0) == 0x80)
			start--;
		if (start > 0 && (text[start - 1] & 0x80) != 0)
			text[start - 1] = '\0';
	}
}
