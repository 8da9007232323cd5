/*
 * list.c -- a value that is a list of texts: read, checked and written.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/list.h"

#include "base/mem.h"
#include "base/text.h"
#include "config/list_item.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_ITEM = 4096 };

/* notify.events fills one bool per word, which lie side by side. */
static_assert(offsetof(struct config, notify.on_unblock) ==
		  offsetof(struct config, notify.on_block) + sizeof(bool),
    "on_block and on_unblock are apart");

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

/* --- where items are kept ------------------------------------------------- */

/* How a kind of list does it. */
struct keeper {
	int (*add)(const struct key *, struct config *, const char *text);
	size_t (*count)(const struct key *, const struct config *);
	char *(*text)(const struct key *, const struct config *, size_t i);
	void (*clear)(const struct key *, struct config *);
};

static const void *
place_of(const struct key *option, const struct config *config)
{
	return (const char *)config + option->offset;
}

static size_t
count_strings(const struct key *option, const struct config *config)
{
	const struct strings *strings = place_of(option, config);

	return strings->count;
}

static char *
text_of_string(
    const struct key *option, const struct config *config, size_t i)
{
	const struct strings *strings = place_of(option, config);

	return mem_dup(strings->list[i]);
}

/* Of "name:hash" the name. */
static char *
text_of_secret(
    const struct key *option, const struct config *config, size_t i)
{
	const struct strings *strings = place_of(option, config);
	const char *text = strings->list[i];

	return mem_printf("%.*s***", (int)strcspn(text, ":") + 1, text);
}

static void
clear_strings(const struct key *option, struct config *config)
{
	struct strings *strings = value_of(option, config);

	for (size_t i = 0; i < strings->count; i++)
		free(strings->list[i]);
	free(strings->list);
	memset(strings, 0, sizeof(*strings));
}

static int add_string(const struct key *, struct config *, const char *);

static const struct keeper strings_keeper = { add_string, count_strings,
	text_of_string, clear_strings };
static const struct keeper secrets_keeper = { add_string, count_strings,
	text_of_secret, clear_strings };

static int
add_network(const struct key *option, struct config *config, const char *text)
{
	struct addr network;

	if (addr_parse(text, &network) != 0)
		return -1;
	networks_add(value_of(option, config), &network);
	return 0;
}

static size_t
count_networks(const struct key *option, const struct config *config)
{
	const struct networks *networks = place_of(option, config);

	return networks->count;
}

static char *
text_of_network(
    const struct key *option, const struct config *config, size_t i)
{
	const struct networks *networks = place_of(option, config);
	char text[ADDR_TEXT_SIZE];

	return mem_dup(addr_format(&networks->list[i], text));
}

static void
clear_networks(const struct key *option, struct config *config)
{
	networks_clear(value_of(option, config));
}

static const struct keeper networks_keeper = { add_network, count_networks,
	text_of_network, clear_networks };

static int
add_country(const struct key *option, struct config *config, const char *text)
{
	return countries_add(value_of(option, config), text);
}

static size_t
count_countries(const struct key *option, const struct config *config)
{
	const struct countries *countries = place_of(option, config);

	return countries->count;
}

static char *
text_of_country(
    const struct key *option, const struct config *config, size_t i)
{
	const struct countries *countries = place_of(option, config);

	return mem_dup(countries->codes[i]);
}

static void
clear_countries(const struct key *option, struct config *config)
{
	countries_clear(value_of(option, config));
}

static const struct keeper countries_keeper = { add_country, count_countries,
	text_of_country, clear_countries };

static int
add_identity(
    const struct key *option, struct config *config, const char *text)
{
	struct identity_options *identity = &config->identity;
	int word = value_parse_word(option->words, text);

	if (word < 0 || identity->key_count == IDENTITY_KEYS_MAX)
		return -1;
	for (size_t i = 0; i < identity->key_count; i++)
		if (identity->keys[i] == (enum identity)word)
			return -1;
	identity->keys[identity->key_count++] = (enum identity)word;
	return 0;
}

static size_t
count_identities(const struct key *option, const struct config *config)
{
	(void)option;
	return config->identity.key_count;
}

static char *
text_of_identity(
    const struct key *option, const struct config *config, size_t i)
{
	return mem_dup(option->words[config->identity.keys[i]]);
}

static void
clear_identities(const struct key *option, struct config *config)
{
	(void)option;
	config->identity.key_count = 0;
}

static const struct keeper identities_keeper = { add_identity,
	count_identities, text_of_identity, clear_identities };

static int
add_flag(const struct key *option, struct config *config, const char *text)
{
	bool *flags = value_of(option, config);
	int word = value_parse_word(option->words, text);

	if (word < 0)
		return -1;
	flags[word] = true;
	return 0;
}

/* The word of the i-th flag that is set, or NULL. */
static const char *
find_flag(const struct key *option, const struct config *config, size_t i)
{
	const bool *flags = place_of(option, config);

	for (size_t word = 0; option->words[word] != NULL; word++)
		if (flags[word] && i-- == 0)
			return option->words[word];
	return NULL;
}

static size_t
count_flags(const struct key *option, const struct config *config)
{
	size_t count = 0;

	while (find_flag(option, config, count) != NULL)
		count++;
	return count;
}

static char *
text_of_flag(const struct key *option, const struct config *config, size_t i)
{
	return mem_dup(find_flag(option, config, i));
}

static void
clear_flags(const struct key *option, struct config *config)
{
	bool *flags = value_of(option, config);

	for (size_t i = 0; option->words[i] != NULL; i++)
		flags[i] = false;
}

static const struct keeper flags_keeper = { add_flag, count_flags,
	text_of_flag, clear_flags };

/* --- the types ------------------------------------------------------------ */

static const struct type {
	const struct keeper *keeper;
	bool (*is_good)(const struct key *, const char *text);	/* texts */
	bool is_lower;
	const char *allowed;	/* behind the words, if there are any */
} types[] = {
	[OPTION_STRINGS] = { &strings_keeper, item_is_line, false,
	    "one line of text, not empty" },
	[OPTION_ACCOUNTS] = { &strings_keeper, item_is_account, true,
	    "an account, or a @domain, without blanks" },
	[OPTION_DOMAINS] = { &strings_keeper, item_is_domain, true,
	    "a domain such as example.com" },
	[OPTION_USERS] = { &secrets_keeper, item_is_user, false,
	    "a password hash of crypt(5), as mkpasswd writes it ($y$...), or "
	    "\"*\" for nobody" },
	[OPTION_TOKENS] = { &secrets_keeper, item_is_token, false,
	    "SCOPE:HASH, where SCOPE is read, operate or admin and HASH the "
	    "token's SHA-256 in hex" },
	[OPTION_NETWORKS] = { &networks_keeper, NULL, false,
	    "a network such as 192.0.2.0/24 or 2001:db8::/32" },
	[OPTION_COUNTRIES] = { &countries_keeper, NULL, false,
	    "a country code of two letters such as DE" },
	[OPTION_ASNS] = { &strings_keeper, item_is_asn, false,
	    "an AS number such as AS64500" },
	[OPTION_IDENTITY] = { &identities_keeper, NULL, false, ", each once" },
	[OPTION_FLAGS] = { &flags_keeper, NULL, false, "" },
};

static int
add_string(const struct key *option, struct config *config, const char *text)
{
	const struct type *type = &types[option->type];
	char *copy;

	if (option->type == OPTION_DOMAINS && *text == '@')
		text++;
	if (!type->is_good(option, text) || strlen(text) > LONGEST_ITEM)
		return -1;
	copy = mem_dup(text);
	if (type->is_lower)
		text_lower(copy);
	strings_add(value_of(option, config), copy);
	return 0;
}

int
list_add(const struct key *option, struct config *config, const char *item)
{
	return types[option->type].keeper->add(option, config, item);
}

size_t
list_count(const struct key *option, const struct config *config)
{
	return types[option->type].keeper->count(option, config);
}

char *
list_text(const struct key *option, const struct config *config, size_t i)
{
	return types[option->type].keeper->text(option, config, i);
}

const char *
list_allowed(const struct key *option, char allowed[VALUE_ALLOWED_SIZE])
{
	const struct type *type = &types[option->type];
	struct text text;

	text_init(&text, allowed, VALUE_ALLOWED_SIZE);
	if (type->is_good == NULL && option->words != NULL) {
		value_join_words(option->words, allowed);
		text.length = strlen(allowed);
	}
	text_add(&text, type->allowed);
	return allowed;
}

void
list_clear(const struct key *option, struct config *config)
{
	types[option->type].keeper->clear(option, config);
}
