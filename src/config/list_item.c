/*
 * list_item.c -- what an item of a list of texts can be.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/list_item.h"

#include "config/providers.h"
#include "config/value.h"

#include <string.h>

enum {
	SHA256_DIGITS = 64,
	/* "$5$salt$" and 43 letters; every newer crypt(5) hash is longer. */
	SHORTEST_HASH = 30,
};

bool
item_is_name(const char *text)
{
	return *text != '\0' && value_is_line(text) &&
	       strpbrk(text, " \t") == NULL;
}

/* A hash that no password has, as in passwd(5) and in what we write. */
static bool
is_locked(const char *hash)
{
	return *hash == '*' || *hash == '!';
}

/* "name:hash", as crypt(5) writes hashes. */
bool
item_is_user(const struct key *option, const char *text)
{
	const char *hash = strchr(text, ':');

	(void)option;
	if (hash == NULL || hash == text || !value_is_line(text))
		return false;
	hash++;
	return is_locked(hash) ||
	       (*hash == '$' && strlen(hash) >= SHORTEST_HASH &&
		   strpbrk(hash, " :") == NULL);
}

/* "scope:hash", SHA-256 in hex. */
bool
item_is_token(const struct key *option, const char *text)
{
	const char *hash = strchr(text, ':');
	char scope[16];
	size_t length = hash == NULL ? sizeof(scope) : (size_t)(hash - text);

	if (length >= sizeof(scope) || !value_is_line(text))
		return false;
	memcpy(scope, text, length);
	scope[length] = '\0';
	hash++;
	if (value_parse_word(option->words, scope) < 0)
		return false;
	return is_locked(hash) ||
	       (strlen(hash) == SHA256_DIGITS &&
		   strspn(hash, "0123456789abcdefABCDEF") == SHA256_DIGITS);
}

bool
item_is_line(const struct key *option, const char *text)
{
	(void)option;
	return *text != '\0' && value_is_line(text);
}

bool
item_is_account(const struct key *option, const char *text)
{
	(void)option;
	return item_is_name(text) && strcmp(text, "@") != 0;
}

bool
item_is_domain(const struct key *option, const char *text)
{
	(void)option;
	return item_is_name(text) && strchr(text, '@') == NULL;
}

bool
item_is_asn(const struct key *option, const char *text)
{
	uint32_t asn;

	(void)option;
	return providers_read_asn(text, &asn) == 0;
}
