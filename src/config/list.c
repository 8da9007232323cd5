/*
 * list.c -- a value that is a list of texts: read, checked and written.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/list.h"

#include "base/mem.h"
#include "base/text.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
	LONGEST_ITEM = 4096,
	SHA256_DIGITS = 64,
	/* "$5$salt$" and 43 letters; every newer crypt(5) hash is longer. */
	SHORTEST_HASH = 30,
};

/* notify.on fills one bool per word, which lie side by side. */
static_assert(offsetof(struct config, notify.on_unblock) ==
		  offsetof(struct config, notify.on_block) + sizeof(bool),
    "on_block and on_unblock are apart");

bool
list_is_account(const char *text)
{
	return *text != '\0' && value_is_line(text) &&
	       strpbrk(text, " \t") == NULL;
}

static void
strings_add(struct strings *strings, char *string)
{
	/* In powers of two: the list may be long. */
	if ((strings->count & (strings->count - 1)) == 0)
		strings->list = mem_grow(strings->list,
		    strings->count == 0 ? 1 : strings->count * 2,
		    sizeof(*strings->list));
	strings->list[strings->count++] = string;
}

/* A hash that no password has, as in passwd(5) and in what we write. */
static bool
is_locked(const char *hash)
{
	return *hash == '*' || *hash == '!';
}

/* "name:hash", as crypt(5) writes hashes. */
static bool
is_user(const char *text)
{
	const char *hash = strchr(text, ':');

	if (hash == NULL || hash == text || !value_is_line(text))
		return false;
	hash++;
	return is_locked(hash) ||
	       (*hash == '$' && strlen(hash) >= SHORTEST_HASH &&
		   strpbrk(hash, " :") == NULL);
}

/* "scope:hash", SHA-256 in hex. */
static bool
is_token(const struct key *option, const char *text)
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

static int
add_string(
    const struct key *option, struct strings *strings, const char *text)
{
	bool is_good;
	char *copy;

	if (option->type == OPTION_DOMAINS && *text == '@')
		text++;
	if (option->type == OPTION_USERS)
		is_good = is_user(text);
	else if (option->type == OPTION_TOKENS)
		is_good = is_token(option, text);
	else if (option->type == OPTION_STRINGS)
		is_good = *text != '\0' && value_is_line(text);
	else if (option->type == OPTION_DOMAINS)
		is_good = list_is_account(text) && strchr(text, '@') == NULL;
	else
		is_good = list_is_account(text) && strcmp(text, "@") != 0;
	if (!is_good || strlen(text) > LONGEST_ITEM)
		return -1;
	copy = mem_dup(text);
	if (option->type == OPTION_DOMAINS || option->type == OPTION_ACCOUNTS)
		text_lower(copy);
	strings_add(strings, copy);
	return 0;
}

static int
add_identity(
    const struct key *option, struct config *config, const char *text)
{
	int word = value_parse_word(option->words, text);

	if (word < 0 || config->identity.key_count == IDENTITY_KEYS_MAX)
		return -1;
	for (size_t i = 0; i < config->identity.key_count; i++)
		if (config->identity.keys[i] == (enum identity)word)
			return -1;
	config->identity.keys[config->identity.key_count++] =
	    (enum identity)word;
	return 0;
}

static int
add_flag(const struct key *option, bool *flags, const char *text)
{
	int word = value_parse_word(option->words, text);

	if (word < 0)
		return -1;
	flags[word] = true;
	return 0;
}

static int
add_network(struct networks *networks, const char *text)
{
	struct addr network;

	if (addr_parse(text, &network) != 0)
		return -1;
	networks_add(networks, &network);
	return 0;
}

int
list_add(const struct key *option, struct config *config, const char *item)
{
	void *place = value_of(option, config);

	switch ((int)option->type) {
	case OPTION_NETWORKS:
		return add_network(place, item);
	case OPTION_COUNTRIES:
		return countries_add(place, item);
	case OPTION_IDENTITY:
		return add_identity(option, config, item);
	case OPTION_FLAGS:
		return add_flag(option, place, item);
	default:
		return add_string(option, place, item);
	}
}

/* The word of the i-th flag that is set, or NULL. */
static const char *
flag_text(const struct key *option, const bool *flags, size_t i)
{
	for (size_t word = 0; option->words[word] != NULL; word++)
		if (flags[word] && i-- == 0)
			return option->words[word];
	return NULL;
}

size_t
list_count(const struct key *option, const struct config *config)
{
	const void *place = (const char *)config + option->offset;
	size_t count = 0;

	switch ((int)option->type) {
	case OPTION_NETWORKS:
		return ((const struct networks *)place)->count;
	case OPTION_COUNTRIES:
		return ((const struct countries *)place)->count;
	case OPTION_IDENTITY:
		return config->identity.key_count;
	case OPTION_FLAGS:
		while (flag_text(option, place, count) != NULL)
			count++;
		return count;
	default:
		return ((const struct strings *)place)->count;
	}
}

char *
list_text(const struct key *option, const struct config *config, size_t i)
{
	const void *place = (const char *)config + option->offset;
	const struct strings *strings = place;
	const struct networks *networks = place;
	const struct countries *countries = place;
	char network[ADDR_TEXT_SIZE];

	switch ((int)option->type) {
	case OPTION_NETWORKS:
		return mem_dup(addr_format(&networks->list[i], network));
	case OPTION_COUNTRIES:
		return mem_dup(countries->codes[i]);
	case OPTION_IDENTITY:
		return mem_dup(option->words[config->identity.keys[i]]);
	case OPTION_FLAGS:
		return mem_dup(flag_text(option, place, i));
	case OPTION_USERS:
	case OPTION_TOKENS:
		return mem_printf("%.*s***",
		    (int)strcspn(strings->list[i], ":") + 1, strings->list[i]);
	default:
		return mem_dup(strings->list[i]);
	}
}

const char *
list_allowed(const struct key *option, char allowed[VALUE_ALLOWED_SIZE])
{
	struct text text;

	text_init(&text, allowed, VALUE_ALLOWED_SIZE);
	switch ((int)option->type) {
	case OPTION_NETWORKS:
		text_add(&text, "a network such as 192.0.2.0/24 or "
				"2001:db8::/32");
		break;
	case OPTION_COUNTRIES:
		text_add(&text, "a country code of two letters such as DE");
		break;
	case OPTION_IDENTITY:
		value_join_words(option->words, allowed);
		text.length = strlen(allowed);
		text_add(&text, ", each once");
		break;
	case OPTION_FLAGS:
		return value_join_words(option->words, allowed);
	case OPTION_USERS:
		text_add(&text, "a password hash of crypt(5), as mkpasswd "
				"writes it ($y$...), or \"*\" for nobody");
		break;
	case OPTION_TOKENS:
		text_add(&text, "SCOPE:HASH, where SCOPE is read, operate or "
				"admin and HASH the token's SHA-256 in hex");
		break;
	case OPTION_ACCOUNTS:
		text_add(&text, "an account, or a @domain, without blanks");
		break;
	case OPTION_DOMAINS:
		text_add(&text, "a domain such as example.com");
		break;
	default:
		text_add(&text, "one line of text, not empty");
		break;
	}
	return allowed;
}

void
list_clear(const struct key *option, struct config *config)
{
	void *place = value_of(option, config);
	struct strings *strings = place;

	switch ((int)option->type) {
	case OPTION_NETWORKS:
		networks_clear(place);
		break;
	case OPTION_COUNTRIES:
		countries_clear(place);
		break;
	case OPTION_IDENTITY:
		config->identity.key_count = 0;
		break;
	case OPTION_FLAGS:
		for (size_t i = 0; option->words[i] != NULL; i++)
			((bool *)place)[i] = false;
		break;
	default:
		for (size_t i = 0; i < strings->count; i++)
			free(strings->list[i]);
		free(strings->list);
		memset(strings, 0, sizeof(*strings));
		break;
	}
}
