/*
 * value.c -- a value that is one text: read, checked and written.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/value.h"

#include "base/duration.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/secret.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const no_words[] = { "false", "no", "off", NULL };
static const char *const yes_words[] = { "true", "yes", "on", NULL };

bool
value_is_scalar(const struct key *option)
{
	return option->type <= OPTION_SECRET;
}

void *
value_of(const struct key *option, struct config *config)
{
	return (char *)config + option->offset;
}

bool
value_is_line(const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		unsigned char c = (unsigned char)*text;
		size_t step = text_utf8(text, left);

		if (step == 0 || c < 0x20 || c == 0x7f)
			return false;
		/* U+0080 to U+009F are control characters too. */
		if (c == 0xc2 && (unsigned char)text[1] < 0xa0)
			return false;
		text += step;
		left -= step;
	}
	return true;
}

int
value_parse_word(const char *const *words, const char *text)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcasecmp(words[i], text) == 0)
			return i;
	return -1;
}

int
value_parse_limit(
    const char *text, int64_t least, int64_t most, uint32_t *limit)
{
	int64_t number = text_parse_number(text, most);

	if (strcasecmp(text, "unlimited") == 0)
		*limit = UNLIMITED;
	else if (number >= least && number >= 0)
		*limit = (uint32_t)number;
	else
		return -1;
	return 0;
}

/* "500ms", or a duration in seconds and more; -1: neither. */
static int64_t
parse_ms(const char *text)
{
	char digits[16];
	size_t length = strlen(text);
	int64_t seconds;

	if (length > 2 && length < sizeof(digits) &&
	    strcmp(text + length - 2, "ms") == 0) {
		memcpy(digits, text, length - 2);
		digits[length - 2] = '\0';
		return text_parse_number(digits, INT32_MAX);
	}
	seconds = duration_parse(text);
	return seconds < 0 ? -1 : seconds * 1000;
}

static int64_t
parse_octal(const char *text, int64_t most)
{
	int64_t number = 0;

	if (*text == '\0')
		return -1;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '7')
			return -1;
		number = number * 8 + (*text - '0');
		if (number > most)
			return -1;
	}
	return number;
}

static int
read_number(const struct key *option, uint32_t *place, int64_t number)
{
	if (number < option->least || number > option->most || number < 0)
		return -1;
	*place = (uint32_t)number;
	return 0;
}

/* Words stand for the values of an enum, or for false and true. */
static int
read_word(const struct key *option, void *place, const char *text)
{
	int word = value_parse_word(option->words, text);

	if (word < 0)
		return -1;
	if (option->size == sizeof(bool))
		*(bool *)place = word != 0;
	else
		memcpy(place, &word, sizeof(word));
	return 0;
}

static int
read_bool(bool *place, const char *text)
{
	bool is_yes = value_parse_word(yes_words, text) >= 0;

	if (!is_yes && value_parse_word(no_words, text) < 0)
		return -1;
	*place = is_yes;
	return 0;
}

static int
read_string(const struct key *option, char **place, const char *text)
{
	int64_t length = (int64_t)strlen(text);

	if (length < option->least || length > option->most ||
	    !value_is_line(text))
		return -1;
	if ((option->type == OPTION_PATH || option->type == OPTION_OUTPUT ||
		option->type == OPTION_SECRET) &&
	    length > 0 && *text != '/')
		return -1;
	free(*place);
	*place = mem_dup(text);
	return 0;
}

int
value_read(const struct key *option, struct config *config, const char *text)
{
	void *place = value_of(option, config);

	switch ((int)option->type) {
	case OPTION_BOOL:
		return read_bool(place, text);
	case OPTION_NUMBER:
		return read_number(
		    option, place, text_parse_number(text, option->most));
	case OPTION_LIMIT:
		return value_parse_limit(
		    text, option->least, option->most, place);
	case OPTION_RULE:
		return rule_read(rule_find(option->key), text, place);
	case OPTION_SECONDS:
		return read_number(option, place, duration_parse(text));
	case OPTION_MS:
		return read_number(option, place, parse_ms(text));
	case OPTION_OCTAL:
		return read_number(
		    option, place, parse_octal(text, option->most));
	case OPTION_WORD:
		return read_word(option, place, text);
	case OPTION_STRING:
	case OPTION_URL:
	case OPTION_PATH:
	case OPTION_OUTPUT:
	case OPTION_SECRET:
		return read_string(option, place, text);
	default:
		return -1;
	}
}

static char *
format_ms(uint32_t ms)
{
	char text[24];

	if (ms % 1000 != 0)
		return mem_printf("%ums", ms);
	duration_format(ms / 1000, text);
	return mem_dup(text);
}

static char *
format_seconds(uint32_t seconds)
{
	char text[24];

	duration_format(seconds, text);
	return mem_dup(text);
}

const char *
value_join_words(const char *const *words, char text[VALUE_ALLOWED_SIZE])
{
	struct text joined;

	text_init(&joined, text, VALUE_ALLOWED_SIZE);
	for (int i = 0; words[i] != NULL; i++) {
		if (i > 0)
			text_add(&joined, words[i + 1] == NULL ? " or " : ", ");
		text_add(&joined, words[i]);
	}
	return text;
}

const char *
value_allowed(const struct key *option, char allowed[VALUE_ALLOWED_SIZE])
{
	char *least = NULL;
	char *most = NULL;
	char rule[RULE_ALLOWED_SIZE];
	struct text text;

	text_init(&text, allowed, VALUE_ALLOWED_SIZE);
	switch ((int)option->type) {
	case OPTION_BOOL:
		text_add(&text, "true or false");
		break;
	case OPTION_NUMBER:
	case OPTION_LIMIT:
		text_printf(&text, "a number from %d to %d%s",
		    (int)option->least, (int)option->most,
		    option->type == OPTION_LIMIT ? ", or unlimited" : "");
		break;
	case OPTION_RULE:
		text_add(&text, rule_allowed(rule_find(option->key), rule));
		break;
	case OPTION_SECONDS:
		least = format_seconds((uint32_t)option->least);
		most = format_seconds((uint32_t)option->most);
		break;
	case OPTION_MS:
		least = format_ms((uint32_t)option->least);
		most = format_ms((uint32_t)option->most);
		break;
	case OPTION_OCTAL:
		text_printf(&text, "octal permissions from 0 to 0%o",
		    (unsigned)option->most);
		break;
	case OPTION_WORD:
		return value_join_words(option->words, allowed);
	case OPTION_STRING:
	case OPTION_URL:
		text_printf(&text, "one line of %d to %d bytes",
		    (int)option->least, (int)option->most);
		break;
	default:
		text_add(&text, "an absolute path, or empty");
		break;
	}
	if (least != NULL)
		text_printf(&text, "a duration from %s to %s", least, most);
	free(least);
	free(most);
	return allowed;
}

static const char *
word_text(const struct key *option, const void *place)
{
	int word;

	if (option->size == sizeof(bool))
		word = *(const bool *)place;
	else
		memcpy(&word, place, sizeof(word));
	return option->words[word];
}

char *
value_text(const struct key *option, const struct config *config)
{
	const void *place = (const char *)config + option->offset;
	const uint32_t *number = place;
	char *const *string = place;
	char rule[RULE_TEXT_SIZE];

	switch ((int)option->type) {
	case OPTION_BOOL:
		return mem_dup(*(const bool *)place ? "true" : "false");
	case OPTION_LIMIT:
		if (*number == UNLIMITED)
			return mem_dup("unlimited");
		return mem_printf("%u", *number);
	case OPTION_RULE:
		return mem_dup(rule_text(rule_find(option->key), *number,
		    rule));
	case OPTION_NUMBER:
		return mem_printf("%u", *number);
	case OPTION_SECONDS:
		return format_seconds(*number);
	case OPTION_MS:
		return format_ms(*number);
	case OPTION_OCTAL:
		return mem_printf("0%o", *number);
	case OPTION_WORD:
		return mem_dup(word_text(option, place));
	case OPTION_URL:
		return secret_mask_shown(*string);
	default:
		return mem_dup(*string);
	}
}

void
value_clear(const struct key *option, struct config *config)
{
	char **string = value_of(option, config);

	if (option->type < OPTION_STRING || option->type > OPTION_SECRET)
		return;
	free(*string);
	*string = NULL;
}
