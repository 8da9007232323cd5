/*
 * texts.c -- what users read, by account or domain: the list `texts`.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/texts.h"

#include "base/mem.h"
#include "base/text.h"
#include "config/list_item.h"
#include "config/macros.h"
#include "config/spelling.h"
#include "config/yaml_quote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LONGEST_LINE = 998, LONGEST_ACTION = 400 };

static const char *const languages[LANGUAGES] = { [LANGUAGE_UNSET] = "",
	[LANGUAGE_EN] = "en", [LANGUAGE_DE] = "de" };

/* Replies are ASCII: not every server may be told more (RFC 6531). */
static const struct {
	const char *name, *key, *german;
} actions[TEXT_ACTIONS] = {
	[TEXT_BLOCKED] = { "blocked", "actions.blocked",
	    "REJECT 5.7.1 ${account} ist gesperrt: ${reason}. Bitte wenden "
	    "Sie sich an Ihren Postmaster" },
	[TEXT_OVER_LIMIT] = { "over_limit", "actions.over_limit",
	    "REJECT 5.7.1 ${account} wird von zu vielen Orten aus benutzt" },
	[TEXT_OVER_RATE] = { "over_rate", "actions.over_rate",
	    "DEFER_IF_PERMIT 4.7.1 Die Grenze von ${limit} Mails in ${per} "
	    "ist erreicht, bitte in einiger Zeit erneut versuchen" },
	[TEXT_NEW_PLACE] = { "new_place", "actions.new_place",
	    "DEFER_IF_PERMIT 4.7.1 Zu viele Mails aus einem Netz, das "
	    "${account} noch nie benutzt hat, bitte in einiger Zeit erneut "
	    "versuchen" },
};

const char *
texts_key(enum text_action action)
{
	return actions[action].name;
}

/* --- read ---------------------------------------------------------------- */

/* A text of one line; NULL after a complaint. */
static char *
read_line(const struct node *node, size_t most, const char *macros,
    struct complaints *complaints)
{
	char unknown[64];

	if (node->kind != NODE_TEXT || node->value[0] == '\0' ||
	    strlen(node->value) > most ||
	    node->value[strcspn(node->value, "\r\n")] != '\0') {
		tree_complain(node, complaints, NULL, "a text of one line");
		return NULL;
	}
	if (macros_check(node->value, macros, unknown, sizeof(unknown)) != 0) {
		complain(complaints, &node->place, "%s: found \"%s\", which "
		    "is none of the macros %s", node->path, unknown, macros);
		return NULL;
	}
	return mem_dup(node->value);
}

static char *
read_action(const struct node *node, struct complaints *complaints)
{
	char *action = read_line(node, LONGEST_ACTION, macros_known,
	    complaints);

	if (action == NULL || (action[0] != ' ' &&
		action[strspn(action, "0123456789 ")] != '\0'))
		return action;
	tree_complain(node, complaints, NULL, "an action of access(5) such as "
	    "REJECT or 450 4.7.1 TEXT");
	free(action);
	return NULL;
}

/* A pipe would have to be waited for. */
static char *
read_template(const struct node *node, struct complaints *complaints)
{
	struct stat info;
	FILE *file = NULL;

	if (node->kind != NODE_TEXT || node->value[0] != '/') {
		tree_complain(node, complaints, NULL, "an absolute path");
		return NULL;
	}
	if (stat(node->value, &info) == 0 && S_ISREG(info.st_mode))
		file = fopen(node->value, "re");
	if (file == NULL) {
		tree_complain(node, complaints, NULL,
		    "a plain file that can be read");
		return NULL;
	}
	fclose(file);
	return mem_dup(node->value);
}

static char *
read_account(const struct node *node, struct complaints *complaints)
{
	char *account;

	if (node->kind != NODE_TEXT || !item_is_name(node->value) ||
	    strcmp(node->value, "@") == 0) {
		tree_complain(node, complaints, NULL,
		    "an account, \"@domain\" or \"*\"");
		return NULL;
	}
	account = mem_dup(node->value);
	text_lower(account);
	return account;
}

static enum language
read_language(const struct node *node, struct complaints *complaints)
{
	for (int i = LANGUAGE_EN; i < LANGUAGES; i++)
		if (node->kind == NODE_TEXT &&
		    strcmp(node->value, languages[i]) == 0)
			return (enum language)i;
	tree_complain(node, complaints, NULL, "en or de");
	return LANGUAGE_UNSET;
}

static void
read_key(struct text_set *set, const struct node *node,
    struct complaints *complaints)
{
	for (int i = 0; i < TEXT_ACTIONS; i++)
		if (strcmp(node->name, actions[i].name) == 0) {
			set->actions[i] = read_action(node, complaints);
			return;
		}
	if (strcmp(node->name, "account") == 0)
		set->account = read_account(node, complaints);
	else if (strcmp(node->name, "language") == 0)
		set->language = read_language(node, complaints);
	else if (strcmp(node->name, "account_subject") == 0)
		set->subject = read_line(node, LONGEST_LINE, macros_known,
		    complaints);
	else if (strcmp(node->name, "account_template") == 0)
		set->template = read_template(node, complaints);
	else
		complain(complaints, &node->key, "%s: there is no such key; "
		    "allowed are account, language, blocked, over_limit, "
		    "over_rate, new_place, account_subject and "
		    "account_template", node->path);
}

void
texts_add(struct texts_options *texts, const struct node *map,
    struct complaints *complaints)
{
	unsigned before = complaints->count;
	struct text_set *set;

	texts->list = mem_grow(texts->list, texts->count + 1,
	    sizeof(*texts->list));
	set = &texts->list[texts->count++];
	memset(set, 0, sizeof(*set));
	if (map->kind != NODE_MAP) {
		tree_complain(map, complaints, NULL,
		    "a map such as {account: \"@example.de\", language: de}");
		return;
	}
	for (const struct node *n = tree_first(map); n != NULL;
	     n = tree_next(map, n))
		read_key(set, n, complaints);
	if (set->account == NULL && complaints->count == before)
		complain(complaints, &map->place, "%s: no account; add "
		    "account: joe@example.com, \"@example.com\" or \"*\"",
		    map->path);
}

void
texts_clear(struct texts_options *texts)
{
	for (size_t i = 0; i < texts->count; i++) {
		struct text_set *set = &texts->list[i];

		free(set->account);
		for (int k = 0; k < TEXT_ACTIONS; k++)
			free(set->actions[k]);
		free(set->subject);
		free(set->template);
	}
	free(texts->list);
	memset(texts, 0, sizeof(*texts));
}

/* --- write --------------------------------------------------------------- */

static void
write_text(const char *name, const char *text, FILE *out)
{
	if (text == NULL)
		return;
	fprintf(out, ", %s: ", name);
	quote_write(out, text);
}

void
texts_write(const struct text_set *set, FILE *out)
{
	fputs("{account: ", out);
	quote_write(out, set->account);
	if (set->language != LANGUAGE_UNSET)
		fprintf(out, ", language: %s", languages[set->language]);
	for (int i = 0; i < TEXT_ACTIONS; i++)
		write_text(actions[i].name, set->actions[i], out);
	write_text("account_subject", set->subject, out);
	write_text("account_template", set->template, out);
	fputc('}', out);
}

/* --- look up ------------------------------------------------------------- */

const struct text_set *
texts_find(const struct texts_options *texts, const char *account)
{
	const char *domain = strrchr(account, '@');

	for (size_t i = 0; i < texts->count; i++) {
		const char *name = texts->list[i].account;

		if (strcmp(name, "*") == 0 || strcmp(name, account) == 0 ||
		    (domain != NULL && strcmp(name, domain) == 0))
			return &texts->list[i];
	}
	return NULL;
}

const char *
texts_action(const struct text_set *set, enum text_action action)
{
	if (set->actions[action] != NULL)
		return set->actions[action];
	switch (set->language) {
	case LANGUAGE_DE:
		return actions[action].german;
	case LANGUAGE_EN:
		return spelling_find(actions[action].key)->initial;
	case LANGUAGE_UNSET:
	case LANGUAGES:
	default:
		return NULL;
	}
}
