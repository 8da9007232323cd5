/*
 * overrides.c -- other settings for some accounts: the list `overrides`.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/overrides.h"

#include "base/mem.h"
#include "base/text.h"
#include "config/list_item.h"
#include "config/rate_rules.h"
#include "config/value.h"
#include "config/yaml_quote.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1000000, LONGEST_COMMENT = 4096 };

enum field_type {
	FIELD_LIMIT,
	FIELD_COUNTRIES,
	FIELD_NETWORKS,
	FIELD_RATES,
	FIELD_RULE,
};

/* Those of one section side by side. */
static const struct field {
	const char *name;
	int setting; /* enum setting, or enum measure */
	enum field_type type;
	size_t offset; /* in struct settings */
	int64_t least;
} fields[] = {
#define IN(field) offsetof(struct settings, field)
#define LIMIT(id, field, least)                                                \
	{ field, MEASURE_##id, FIELD_LIMIT, IN(limits[MEASURE_##id]), least },
#define FOREIGN(id, name, what, key, initial, least, ...) LIMIT(id, key, least)
#include "config/limit_measures.def"
	{ "only_countries", SETTING_ONLY_COUNTRIES, FIELD_COUNTRIES,
	    IN(only_countries), 0 },
	{ "only_networks", SETTING_ONLY_NETWORKS, FIELD_NETWORKS,
	    IN(only_networks), 0 },
	{ "rates", SETTING_RATES, FIELD_RATES, IN(rates), 0 },
	{ "home.countries", SETTING_HOME_COUNTRIES, FIELD_COUNTRIES,
	    IN(home_countries), 0 },
#define HOME(id, name, what, key, initial, least, ...)                         \
	LIMIT(id, "home." key, least)
#include "config/limit_measures.def"
#undef LIMIT
#define RULE(id, key, ...)                                                     \
	{ key, SETTING_RULES + RULE_##id, FIELD_RULE, IN(rules[RULE_##id]), 0 },
#include "config/detection_rules.def"
#undef IN
};
enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

static const struct field *
find_field(const char *name)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

/* Is it only a part of the name of a field, "home" or "bursts.hour"? */
static bool
is_section(const char *name)
{
	return strcmp(name, "home") == 0 || rule_is_section(name);
}

static void
complain_unknown(const struct node *node, struct complaints *complaints)
{
	char bytes[1024];
	struct text known;

	text_init(&known, bytes, sizeof(bytes));
	for (size_t i = 0; i < FIELDS; i++)
		text_printf(&known, ", %s", fields[i].name);
	complain(complaints, &node->key,
	    "%s: no such key, an override has account, comment%s", node->path,
	    bytes);
}

static void
read_limit(const struct field *field, uint32_t *limit, const struct node *node,
    struct complaints *complaints)
{
	char allowed[VALUE_ALLOWED_SIZE];

	if (node->kind == NODE_TEXT &&
	    value_parse_limit(node->value, field->least, MOST, limit) == 0)
		return;
	snprintf(allowed, sizeof(allowed),
	    "a number from %d to %d, or unlimited", (int)field->least, MOST);
	tree_complain(node, complaints, NULL, allowed);
}

static void
read_rule(const struct field *field, uint32_t *value, const struct node *node,
    struct complaints *complaints)
{
	enum rule rule = (enum rule)(field->setting - SETTING_RULES);
	char allowed[RULE_ALLOWED_SIZE];

	if (node->kind != NODE_TEXT ||
	    rule_read(rule, node->value, value) != 0)
		tree_complain(node, complaints, NULL,
		    rule_allowed(rule, allowed));
}

/* A list of countries or of networks. */
static void
read_list(const struct field *field, void *place, const struct node *node,
    struct complaints *complaints)
{
	bool is_countries = field->type == FIELD_COUNTRIES;
	struct addr network;

	if (node->kind != NODE_LIST) {
		tree_complain(node, complaints, NULL,
		    is_countries ? "a list of countries such as [DE, AT]"
				 : "a list of networks such as [192.0.2.0/24]");
		return;
	}
	for (const struct node *n = tree_first(node); n != NULL;
	     n = tree_next(node, n)) {
		bool is_good = n->kind == NODE_TEXT;

		if (is_good && is_countries)
			is_good = countries_add(place, n->value) == 0;
		else if (is_good)
			is_good = addr_parse(n->value, &network) == 0;
		if (is_good && !is_countries)
			networks_add(place, &network);
		if (!is_good)
			tree_complain(n, complaints, NULL,
			    is_countries ? "a country code of two letters"
					 : "a network such as 192.0.2.0/24");
	}
}

static void
read_field(const struct field *field, struct override *override,
    const struct node *node, struct complaints *complaints)
{
	void *place = (char *)&override->set + field->offset;

	if (node->kind == NODE_NULL)
		return; /* the general value */
	override->has[field->setting] = true;
	switch (field->type) {
	case FIELD_LIMIT:
		read_limit(field, place, node, complaints);
		break;
	case FIELD_COUNTRIES:
	case FIELD_NETWORKS:
		read_list(field, place, node, complaints);
		break;
	case FIELD_RULE:
		read_rule(field, place, node, complaints);
		break;
	case FIELD_RATES:
	default:
		rate_rules_read(place, node, complaints);
		break;
	}
}

/* Was "192.0.2.0/33" meant as a network? */
static bool
is_broken_network(const char *text)
{
	char host[ADDR_TEXT_SIZE];
	size_t length = strcspn(text, "/");
	struct addr addr;

	if (text[length] != '/' || length >= sizeof(host))
		return false;
	memcpy(host, text, length);
	host[length] = '\0';
	return addr_parse(host, &addr) == 0;
}

static void
read_account(struct override *override, const struct node *node,
    struct complaints *complaints)
{
	if (node->kind == NODE_TEXT &&
	    addr_parse(node->value, &override->network) == 0)
		return;
	if (node->kind != NODE_TEXT || !item_is_name(node->value) ||
	    strcmp(node->value, "@") == 0 || is_broken_network(node->value)) {
		tree_complain(node, complaints, NULL,
		    "an account, a @domain (in quotes), an address or a "
		    "network");
		return;
	}
	override->account = mem_dup(node->value);
	text_lower(override->account);
}

/* A comment may have many lines. */
static void
read_comment(struct override *override, const struct node *node,
    struct complaints *complaints)
{
	if (node->kind == NODE_NULL)
		return;
	if (node->kind != NODE_TEXT || strlen(node->value) > LONGEST_COMMENT) {
		tree_complain(
		    node, complaints, NULL, "a text of at most 4096 bytes");
		return;
	}
	override->comment = mem_dup(node->value);
}

/* Read a key of an override; false: it is only a part of the name. */
static bool
read_key(struct override *override, const char *name, const struct node *node,
    struct complaints *complaints)
{
	const struct field *field = find_field(name);

	if (field != NULL)
		read_field(field, override, node, complaints);
	else if (strcmp(name, "account") == 0)
		read_account(override, node, complaints);
	else if (strcmp(name, "comment") == 0)
		read_comment(override, node, complaints);
	else if (!is_section(name))
		complain_unknown(node, complaints);
	else if (node->kind == NODE_MAP || node->kind == NODE_NULL)
		return false;
	else
		tree_complain(node, complaints, NULL,
		    "a map such as {home: {countries: [DE]}}");
	return true;
}

int
overrides_read(struct override *override, const struct node *map,
    struct complaints *complaints)
{
	unsigned before = complaints->count;
	const struct node *end = map + map->span;
	size_t prefix = strlen(map->path) + 1;
	bool has_account = false;

	memset(override, 0, sizeof(*override));
	if (map->kind != NODE_MAP) {
		tree_complain(map, complaints, NULL,
		    "a map such as {account: joe@example.com, countries: 5}");
		return -1;
	}
	for (const struct node *n = map + 1; n < end;) {
		const char *name = n->path + prefix;

		has_account |= strcmp(name, "account") == 0;
		if (read_key(override, name, n, complaints))
			n += n->span;
		else
			n++;
	}
	if (!has_account)
		complain(complaints, &map->place,
		    "%s: no account; add account: joe@example.com, "
		    "\"@example.com\" or a network",
		    map->path);
	return complaints->count == before ? 0 : -1;
}

static void
write_countries(const struct countries *countries, FILE *out)
{
	fputc('[', out);
	for (size_t i = 0; i < countries->count; i++)
		fprintf(
		    out, "%s\"%s\"", i > 0 ? ", " : "", countries->codes[i]);
	fputc(']', out);
}

static void
write_networks(const struct networks *networks, FILE *out)
{
	char text[ADDR_TEXT_SIZE];

	fputc('[', out);
	for (size_t i = 0; i < networks->count; i++)
		fprintf(out, "%s\"%s\"", i > 0 ? ", " : "",
		    addr_format(&networks->list[i], text));
	fputc(']', out);
}

static void
write_rates(const struct rates *rates, FILE *out)
{
	fputc('[', out);
	for (size_t i = 0; i < rates->count; i++) {
		fputs(i > 0 ? ", " : "", out);
		rate_rules_write(&rates->rules[i], out);
	}
	fputc(']', out);
}

static void
write_value(const struct field *field, const struct override *override,
    FILE *out)
{
	const void *place = (const char *)&override->set + field->offset;
	char text[RULE_TEXT_SIZE];
	uint32_t limit;

	switch (field->type) {
	case FIELD_LIMIT:
		memcpy(&limit, place, sizeof(limit));
		if (limit == UNLIMITED)
			fputs("unlimited", out);
		else
			fprintf(out, "%u", limit);
		break;
	case FIELD_COUNTRIES:
		write_countries(place, out);
		break;
	case FIELD_NETWORKS:
		write_networks(place, out);
		break;
	case FIELD_RULE:
		memcpy(&limit, place, sizeof(limit));
		fputs(rule_text((enum rule)(field->setting - SETTING_RULES),
			  limit, text), out);
		break;
	case FIELD_RATES:
	default:
		write_rates(place, out);
		break;
	}
}

/* How long are the sections that two names share: 11 of "new_places.x". */
static size_t
shared_sections(const char *name, const char *other)
{
	size_t shared = 0;

	for (size_t i = 0; name[i] != '\0' && name[i] == other[i]; i++)
		if (name[i] == '.')
			shared = i + 1;
	return shared;
}

static void
close_sections(const char *name, FILE *out)
{
	for (; (name = strchr(name, '.')) != NULL; name++)
		fputc('}', out);
}

/* ", home: {countries: [...], ...}" after the field before, "" the first. */
static void
write_name(const char *name, const char *before, FILE *out)
{
	size_t shared = shared_sections(name, before);
	const char *dot;

	close_sections(before + shared, out);
	fputs(", ", out);
	for (name += shared; (dot = strchr(name, '.')) != NULL; name = dot + 1)
		fprintf(out, "%.*s: {", (int)(dot - name), name);
	fprintf(out, "%s: ", name);
}

void
overrides_write(const struct override *override, FILE *out)
{
	char network[ADDR_TEXT_SIZE];
	const char *before = "";

	fputs("{account: ", out);
	quote_write(out, override->account != NULL
			     ? override->account
			     : addr_format(&override->network, network));
	for (size_t i = 0; i < FIELDS; i++) {
		if (!override->has[fields[i].setting])
			continue;
		write_name(fields[i].name, before, out);
		write_value(&fields[i], override, out);
		before = fields[i].name;
	}
	close_sections(before, out);
	if (override->comment != NULL) {
		fputs(", comment: ", out);
		quote_write(out, override->comment);
	}
	fputc('}', out);
}
