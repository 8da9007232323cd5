/*
 * draft.c -- a configuration while it is read.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/draft.h"

#include "base/mem.h"
#include "config/list.h"
#include "config/overrides.h"
#include "config/texts.h"
#include "config/rate_rules.h"
#include "config/secret.h"
#include "config/spelling.h"
#include "config/yaml.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Complain of a value without showing a password that is in it. */
static void
complain_value(struct draft *draft, const struct key *option,
    const struct node *node, const char *allowed)
{
	char *masked = NULL;

	if (option->type == OPTION_USERS || option->type == OPTION_TOKENS)
		masked = mem_dup("***");
	else if (option->type == OPTION_URL && node->kind == NODE_TEXT)
		masked = secret_mask_shown(node->value);
	tree_complain(node, &draft->complaints, masked, allowed);
	free(masked);
}

static void
set_scalar(
    struct draft *draft, const struct key *option, const struct node *node)
{
	char allowed[VALUE_ALLOWED_SIZE];

	if (node->kind == NODE_TEXT &&
	    value_read(option, draft->config, node->value) == 0)
		return;
	complain_value(draft, option, node, value_allowed(option, allowed));
}

static int
add_item(
    const struct key *option, struct config *config, const struct node *item)
{
	char *user;
	int result;

	if (item->kind != NODE_TEXT)
		return -1;
	if (option->type != OPTION_USERS)
		return list_add(option, config, item->value);
	user = mem_printf("%s:%s", item->name, item->value);
	result = strchr(item->name, ':') != NULL
		     ? -1
		     : list_add(option, config, user);
	free(user);
	return result;
}

static void
add_override(struct config *config, const struct node *item,
    struct complaints *complaints)
{
	size_t count = config->override_count;

	/* In powers of two: the list may be long. */
	if ((count & (count - 1)) == 0)
		config->overrides = mem_grow(config->overrides,
		    count == 0 ? 1 : count * 2, sizeof(*config->overrides));
	overrides_read(&config->overrides[count], item, complaints);
	config->override_count++;
}

static void
set_list(
    struct draft *draft, const struct key *option, const struct node *list)
{
	char allowed[VALUE_ALLOWED_SIZE];
	int64_t count = 0;

	draft_forget(option, draft->config);
	for (const struct node *n = tree_first(list); n != NULL;
	     n = tree_next(list, n)) {
		count++;
		if (option->type == OPTION_OVERRIDES)
			add_override(draft->config, n, &draft->complaints);
		else if (option->type == OPTION_TEXTS)
			texts_add(&draft->config->texts, n,
			    &draft->complaints);
		else if (add_item(option, draft->config, n) != 0)
			complain_value(
			    draft, option, n, list_allowed(option, allowed));
	}
	if (count < option->least || count > option->most)
		complain(&draft->complaints, &list->place,
		    "%s: found %lld items, allowed are %lld to %lld",
		    list->path, (long long)count, (long long)option->least,
		    (long long)option->most);
}

static void
set(struct draft *draft, const struct key *option, const struct node *node)
{
	size_t row = (size_t)(option - keys);
	unsigned before = draft->complaints.count;
	enum node_kind kind =
	    option->type == OPTION_USERS ? NODE_MAP : NODE_LIST;

	if (node->kind == NODE_NULL)
		return; /* a key without a value has its default */
	draft->places[row] = node->place;
	if (value_is_scalar(option))
		set_scalar(draft, option, node);
	else if (option->type == OPTION_RULES)
		rate_rules_read(
		    &draft->config->settings.rates, node, &draft->complaints);
	else if (node->kind == kind ||
		 (node->kind == NODE_LIST && node->span == 1))
		set_list(draft, option, node);
	else
		complain_value(draft, option, node,
		    kind == NODE_MAP ? "a map such as {name: hash}"
				     : "a list such as [one, two]");
	draft->is_bad[row] = draft->complaints.count > before;
}

/* Read the text of one option: from the environment, or its default. */
static void
set_text(struct draft *draft, const struct key *option, const char *text,
    const char *variable)
{
	struct place place = { .variable = variable };
	struct node node = { .kind = NODE_TEXT, .span = 1, .place = place };
	struct tree tree;

	if (value_is_scalar(option)) {
		node.path = mem_dup(option->key);
		node.value = mem_dup(text);
		set(draft, option, &node);
		free(node.path);
		free(node.value);
		return;
	}
	if (*text == '[' || *text == '{') {
		if (yaml_read(&tree, text, strlen(text), option->key, variable,
			&draft->complaints) == 0 &&
		    tree.count > 0)
			set(draft, option, &tree.nodes[0]);
	} else {
		tree_split(&tree, text, option->key, &place);
		set(draft, option, &tree.nodes[0]);
	}
	tree_clear(&tree);
}

void
draft_init(
    struct draft *draft, struct config *config, const char *file, FILE *errors)
{
	size_t count = 0;

	while (keys[count].key != NULL)
		count++;
	memset(draft, 0, sizeof(*draft));
	draft->config = config;
	draft->complaints.file = file;
	draft->complaints.out = errors;
	draft->places = mem_new(count, sizeof(*draft->places));
	draft->is_bad = mem_new(count, sizeof(*draft->is_bad));
	for (const struct key *o = keys; o->key != NULL; o++)
		set_text(draft, o, o->initial, NULL);
}

/* A key that is not here, but in the section above: it lacks its blanks. */
static bool
complain_indentation(struct draft *draft, const struct node *node,
    const struct node *section)
{
	char *meant;
	bool is_there;

	if (section == NULL)
		return false;
	meant = mem_printf("%s.%s", section->path, node->name);
	is_there = spelling_find(meant) != NULL;
	if (is_there)
		complain(&draft->complaints, &node->key,
		    "%s: no such key, did you mean %s? Indent it more than "
		    "the section %s:", node->path, meant, section->name);
	free(meant);
	return is_there;
}

static void
complain_unknown(struct draft *draft, const struct node *node,
    const struct node *section)
{
	char nearest[KEYS_NAME_SIZE];

	if (complain_indentation(draft, node, section))
		return;
	if (spelling_nearest(node->path, nearest) != NULL)
		complain(&draft->complaints, &node->key,
		    "%s: no such key, did you mean %s?", node->path, nearest);
	else
		complain(&draft->complaints, &node->key,
		    "%s: no such key, policyd.yaml(5) has them all",
		    node->path);
}

static void
read_tree(struct draft *draft, const struct tree *tree)
{
	const struct node *section = NULL; /* the last one there was */
	const struct node *end;

	if (tree->count == 0 || tree->nodes[0].kind == NODE_NULL)
		return;
	if (tree->nodes[0].kind != NODE_MAP) {
		complain(&draft->complaints, &tree->nodes[0].place,
		    "found no keys; write for instance mode: enforce");
		return;
	}
	end = tree->nodes + tree->count;
	for (const struct node *n = tree->nodes + 1; n < end;) {
		const struct key *option = spelling_find(n->path);

		if (option != NULL) {
			set(draft, option, n);
		} else if (!spelling_is_section(n->path)) {
			complain_unknown(draft, n, section);
		} else if (n->kind == NODE_MAP) {
			section = n++; /* on to the keys in it */
			continue;
		} else if (n->kind != NODE_NULL) {
			tree_complain(n, &draft->complaints, NULL,
			    "a section with keys of its own");
		} else {
			section = n;
		}
		n += n->span;
	}
}

void
draft_read(struct draft *draft, const char *text, size_t length)
{
	struct tree tree;

	if (yaml_read(&tree, text, length, "", NULL, &draft->complaints) == 0)
		read_tree(draft, &tree);
	tree_clear(&tree);
}

void
draft_read_environment(struct draft *draft, char *const *environment)
{
	static const char ours[] = "POLICYD_";

	for (; *environment != NULL; environment++) {
		size_t length = strcspn(*environment, "=");
		const struct key *nearest;
		const struct key *option;
		char name[KEYS_VARIABLE_SIZE];
		struct place place = { 0 };

		if (strncmp(*environment, ours, sizeof(ours) - 1) != 0 ||
		    (*environment)[length] != '=')
			continue;
		option = spelling_of_variable(*environment, length, &nearest);
		if (option != NULL) {
			place.variable = spelling_variable(option, name);
			set_text(draft, option, *environment + length + 1,
			    place.variable);
			/* The name is ours no more: draft_refuse makes it. */
			draft->places[option - keys].variable = option->key;
		} else if (nearest != NULL) {
			/* Other programs use POLICYD_..., but not like this. */
			char *found = mem_dup_n(*environment, length);

			place.variable = found;
			complain(&draft->complaints, &place,
			    "no such variable, did you mean %s?",
			    spelling_variable(nearest, name));
			free(found);
		}
	}
}

void
draft_clear(struct draft *draft)
{
	free(draft->places);
	free(draft->is_bad);
}

bool
draft_is_bad(const struct draft *draft, const char *key)
{
	return draft->is_bad[spelling_find(key) - keys];
}

bool
draft_is_changed(const struct draft *draft, const char *key)
{
	const struct key *option = spelling_find(key);
	char *text = value_text(option, draft->config);
	bool is_changed = strcmp(text, option->initial) != 0;

	free(text);
	return is_changed;
}

bool
draft_is_in_file(const struct draft *draft, const char *key)
{
	const struct place *place = &draft->places[spelling_find(key) - keys];

	return place->variable == NULL && place->line > 0;
}

/* Write of a key, by the place that it was written in. */
static void
say(struct draft *draft, struct complaints *complaints,
    const struct key *option, const char *format, va_list args)
{
	struct place place = draft->places[option - keys];
	char variable[KEYS_VARIABLE_SIZE];
	char message[1024];

	if (place.variable != NULL)
		place.variable = spelling_variable(option, variable);
	vsnprintf(message, sizeof(message), format, args);
	complain(complaints, &place, "%s: %s", option->key, message);
}

void
draft_refuse(struct draft *draft, const char *key, const char *format, ...)
{
	const struct key *option = spelling_find(key);
	va_list args;

	if (draft->is_bad[option - keys])
		return;
	va_start(args, format);
	say(draft, &draft->complaints, option, format, args);
	va_end(args);
}

void
draft_warn(struct draft *draft, const char *key, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(draft, &draft->warnings, spelling_find(key), format, args);
	va_end(args);
}

void
draft_forget(const struct key *option, struct config *config)
{
	if (option->type == OPTION_OVERRIDES) {
		for (size_t i = 0; i < config->override_count; i++)
			override_clear(&config->overrides[i]);
		free(config->overrides);
		config->overrides = NULL;
		config->override_count = 0;
	} else if (option->type == OPTION_TEXTS) {
		texts_clear(&config->texts);
	} else if (option->type == OPTION_RULES) {
		config->settings.rates.count = 0;
	} else if (value_is_scalar(option)) {
		value_clear(option, config);
	} else {
		list_clear(option, config);
	}
}
