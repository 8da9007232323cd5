/*
 * identity.c -- the name of an account, as far as the request tells it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "facts/identity.h"

#include "base/addr.h"
#include "base/text.h"

#include <string.h>

/* Senders of Postfix itself, which it never splits (split_addr(3)). */
static const char *const whole_names[] = { "mailer-daemon", "double-bounce" };

static bool
is_whole(const char *local, size_t length)
{
	for (size_t i = 0; i < sizeof(whole_names) / sizeof(*whole_names); i++)
		if (strlen(whole_names[i]) == length &&
		    memcmp(local, whole_names[i], length) == 0)
			return true;
	return false;
}

/* Take the extension out of a lower-case name. */
static void
cut_extension(char *name, const char *delimiters)
{
	char *at = strrchr(name, '@');
	size_t local = at != NULL ? (size_t)(at - name) : strlen(name);
	size_t plain = strcspn(name, delimiters);

	if (*delimiters == '\0' || plain == 0 || plain >= local ||
	    is_whole(name, local))
		return;
	memmove(name + plain, name + local, strlen(name + local) + 1);
}

int
identity_clean(const struct config *config, const char *given,
    char name[ACCOUNT_SIZE])
{
	struct addr addr;
	size_t length = strlen(given);

	name[0] = '\0';
	if (length >= ACCOUNT_SIZE)
		return -1;
	if (addr_parse(given, &addr) == 0) {
		char text[ADDR_TEXT_SIZE];

		strcpy(name, addr_format(&addr, text));
		return 0;
	}
	memcpy(name, given, length + 1);
	text_lower(name);
	cut_extension(name, config->identity.extension);
	return 0;
}

/* Is the name's domain, if it has one, among those that are counted? */
static bool
is_ours(const struct config *config, const char *name)
{
	const struct strings *domains = &config->identity.domains;
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
attribute(const struct identity_source *source, enum identity key)
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

enum identity_result
identity_name(const struct config *config, const struct identity_source *source,
    char name[ACCOUNT_SIZE])
{
	const char *given = NULL;

	name[0] = '\0';
	for (size_t i = 0; i < config->identity.key_count && given == NULL; i++)
		given = attribute(source, config->identity.keys[i]);
	if (given == NULL)
		return IDENTITY_NONE;
	if (identity_clean(config, given, name) != 0)
		return IDENTITY_TOO_LONG;
	if (!is_ours(config, name)) {
		name[0] = '\0';
		return IDENTITY_FOREIGN;
	}
	return IDENTITY_NAMED;
}
