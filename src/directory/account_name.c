/*
 * account_name.c -- the name of an account, as far as the request tells it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "directory/account_name.h"

#include "base/addr.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Senders of Postfix itself, which it never splits (split_addr(3)). */
static const char *const whole_names[] = { "mailer-daemon", "double-bounce" };

static bool
is_whole(const char *local, size_t length)
{
	for (size_t i = 0; i < sizeof(whole_names) / sizeof(*whole_names); i++)
		if (strlen(whole_names[i]) == length &&
		    strncasecmp(local, whole_names[i], length) == 0)
			return true;
	return false;
}

/* How much of a local part stands before its extension? */
static size_t
plain_length(const char *local, size_t length, const char *delimiters)
{
	size_t plain = strcspn(local, delimiters);

	if (*delimiters == '\0' || plain == 0 || plain >= length ||
	    is_whole(local, length))
		return length;
	return plain;
}

/* "%" and two digits, which stand for a byte. */
static bool
is_escape(const char *bytes)
{
	return bytes[0] == '%' && isxdigit((unsigned char)bytes[1]) &&
	    isxdigit((unsigned char)bytes[2]);
}

/* Write what is no UTF-8, and "%" where it would look like that, as "%ff".
 * Return 0, or -1 if it is too long then. */
static int
spell(char name[ACCOUNT_SIZE], bool is_raw)
{
	char given[ACCOUNT_SIZE];
	struct text text;
	const char *at = given;
	size_t left = strlen(name);

	memcpy(given, name, left + 1);
	text_init(&text, name, ACCOUNT_SIZE);
	while (left > 0) {
		size_t step = text_utf8(at, left);

		if (step == 0 || (is_raw && is_escape(at))) {
			step = 1;
			text_printf(&text, "%%%02x", (unsigned char)*at);
		} else {
			text_add_n(&text, at, step);
		}
		at += step;
		left -= step;
	}
	return text.is_cut ? -1 : 0;
}

/* Lower case and without extension; return 0, or -1 if it is too long. */
static int
clean(const struct identity_options *options, const char *given,
    char name[ACCOUNT_SIZE])
{
	struct addr addr;
	const char *at = strrchr(given, '@');
	size_t local = at != NULL ? (size_t)(at - given) : strlen(given);
	size_t plain = plain_length(given, local, options->extension);
	size_t rest = strlen(given + local);

	name[0] = '\0';
	if (addr_parse(given, &addr) == 0) {
		char text[ADDR_TEXT_SIZE];

		strcpy(name, addr_format(&addr, text));
		return 0;
	}
	/* Of the name without its extension: none is too long to be cut. */
	if (plain + rest >= ACCOUNT_SIZE)
		return -1;
	memcpy(name, given, plain);
	memcpy(name + plain, given + local, rest + 1);
	text_lower(name);
	return 0;
}

int
account_name_clean(const struct identity_options *options, const char *given,
    char name[ACCOUNT_SIZE])
{
	if (clean(options, given, name) == 0 && spell(name, false) == 0)
		return 0;
	name[0] = '\0';
	return -1;
}

bool
account_name_is_ours(const struct identity_options *options, const char *name)
{
	const struct strings *domains = &options->domains;
	const char *at = strrchr(name, '@');

	if (at == NULL || domains->count == 0)
		return true;
	for (size_t i = 0; i < domains->count; i++)
		if (strcmp(domains->list[i], at + 1) == 0)
			return true;
	return false;
}

/* The attribute that key means; NULL if the request has none. */
static const char *
attribute(const struct account_name_source *source, enum identity key)
{
	const char *value = NULL;

	switch (key) {
	case IDENTITY_SASL_USERNAME:
		value = source->sasl_username;
		break;
	case IDENTITY_SENDER:
		value = source->sender;
		break;
	case IDENTITY_CLIENT:
		value = source->client_address;
		break;
	}
	return value != NULL && *value != '\0' ? value : NULL;
}

enum account_name_result
account_name_name(const struct identity_options *options,
    const struct account_name_source *source, char name[ACCOUNT_SIZE])
{
	const char *given = NULL;

	name[0] = '\0';
	for (size_t i = 0; i < options->key_count && given == NULL; i++)
		given = attribute(source, options->keys[i]);
	if (given == NULL)
		return IDENTITY_NONE;
	if (clean(options, given, name) != 0)
		return IDENTITY_TOO_LONG;
	if (!account_name_is_ours(options, name)) {
		name[0] = '\0';
		return IDENTITY_FOREIGN;
	}
	if (spell(name, true) != 0) {
		name[0] = '\0';
		return IDENTITY_TOO_LONG;
	}
	return IDENTITY_NAMED;
}
