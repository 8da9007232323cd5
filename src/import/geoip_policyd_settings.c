/*
 * geoip_policyd_settings.c -- the custom settings of geoip-policyd, JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * {"data": [{"sender": ..., "ips": ..., "countries": ...}, ...]}, or the list
 * alone, as GET /custom-settings answers. The first of a sender wins there and
 * here; 0 stands for the general limit.
 */
#include "import/geoip_policyd_settings.h"

#include "base/addr.h"
#include "config/list_item.h"
#include "config/value.h"
#include "config/yaml_quote.h"
#include "import/store_url.h"

#include <string.h>

enum { MOST = 1000000, LONGEST_COMMENT = 4096 };

static void
write_limit(struct import *import, const struct node *node, const char *name,
    FILE *out)
{
	int64_t limit = import_number(import, node, 0, MOST);

	if (limit > 0)
		fprintf(out, ", %s: %lld", name, (long long)limit);
}

static void
write_countries(struct import *import, const struct node *node,
    const char *name, FILE *out)
{
	fprintf(out, ", %s: ", name);
	import_list(import, node, true, out);
}

static void
write_networks(struct import *import, const struct node *node, FILE *out)
{
	struct addr network;

	for (const struct node *n = tree_first(node); n != NULL;
	     n = tree_next(node, n))
		if (n->kind == NODE_TEXT && addr_parse(n->value, &network) != 0)
			tree_complain(n, import->complaints, NULL,
			    "a network such as 192.0.2.0/24");
	fputs(", only_networks: ", out);
	import_list(import, node, false, out);
}

static void
write_home(struct import *import, const struct node *home, FILE *out)
{
	const char *separator = "";

	if (home->kind != NODE_MAP) {
		tree_complain(home, import->complaints, NULL,
		    "{codes, countries, ips}");
		return;
	}
	fputs(", home: {", out);
	for (const struct node *n = tree_first(home); n != NULL;
	     n = tree_next(home, n)) {
		bool is_codes = strcmp(n->name, "codes") == 0;
		bool is_countries = strcmp(n->name, "countries") == 0;
		int64_t limit;

		if (n->kind == NODE_NULL)
			continue;
		if (is_codes) {
			fprintf(out, "%scountries: ", separator);
			import_list(import, n, true, out);
		} else if (is_countries || strcmp(n->name, "ips") == 0) {
			limit = import_number(import, n, 0, MOST);
			if (limit <= 0)
				continue;
			fprintf(out, "%s%s: %lld", separator, is_countries ?
				"max_countries" : "max_networks",
			    (long long)limit);
		} else {
			sheet_remark(import->sheet,
			    "%s (line %u): not known to this import", n->path,
			    n->key.line);
			continue;
		}
		separator = ", ";
	}
	fputc('}', out);
}

static void
write_comment(struct import *import, const struct node *node, FILE *out)
{
	const char *comment = import_text(import, node);

	if (comment == NULL || *comment == '\0')
		return;
	if (strlen(comment) > LONGEST_COMMENT || !value_is_line(comment)) {
		tree_complain(node, import->complaints, NULL,
		    "a comment of one line");
		return;
	}
	fputs(", comment: ", out);
	quote_write(out, comment);
}

static void
write_field(struct import *import, const struct node *node, FILE *out)
{
	if (node->kind == NODE_NULL || strcmp(node->name, "sender") == 0)
		return;
	if (strcmp(node->name, "countries") == 0)
		write_limit(import, node, "countries", out);
	else if (strcmp(node->name, "ips") == 0)
		write_limit(import, node, "networks", out);
	else if (strcmp(node->name, "home_countries") == 0)
		write_home(import, node, out);
	else if (strcmp(node->name, "trusted_countries") == 0)
		write_countries(import, node, "only_countries", out);
	else if (strcmp(node->name, "trusted_ips") == 0)
		write_networks(import, node, out);
	else if (strcmp(node->name, "comment") == 0)
		write_comment(import, node, out);
	else
		sheet_remark(import->sheet,
		    "%s (line %u): not known to this import", node->path,
		    node->key.line);
}

static void
write_override(struct import *import, const struct node *item, FILE *out)
{
	const struct node *sender = NULL;

	for (const struct node *n = tree_first(item); n != NULL;
	     n = tree_next(item, n))
		if (strcmp(n->name, "sender") == 0)
			sender = n;
	if (item->kind != NODE_MAP || sender == NULL) {
		complain(import->complaints, &item->place,
		    "%s: an entry without a sender", item->path);
		return;
	}
	if (sender->kind != NODE_TEXT || !item_is_name(sender->value)) {
		tree_complain(sender, import->complaints, NULL, "an account");
		return;
	}
	fputs("\n  - {account: ", out);
	quote_write(out, sender->value);
	for (const struct node *n = tree_first(item); n != NULL;
	     n = tree_next(item, n))
		write_field(import, n, out);
	fputc('}', out);
}

static void
add_general_limits(struct sheet *sheet)
{
	sheet_word(sheet, "limits.window",
	    "--redis-ttl (REDIS_TTL) if you set it; this is its default.",
	    "1h");
	sheet_word(sheet, "limits.countries",
	    "--max-countries (MAX_COUNTRIES), this is its default.", "3");
	sheet_word(sheet, "limits.networks",
	    "--max-ips (MAX_IPS), this is its default.", "10");
	sheet_word(sheet, "limits.home.max_countries",
	    "--max-home-countries (MAX_HOME_COUNTRIES), likewise.", "3");
	sheet_word(sheet, "limits.home.max_networks",
	    "--max-home-ips (MAX_HOME_IPS), likewise.", "10");
	sheet_remark(sheet, "the options of geoip-policyd are not in this "
	    "file: `policyd --import-config geoip-policyd "
	    "/etc/default/geoip-policyd` or its unit of systemd takes them");
	sheet_remark(sheet, "geoip-policyd took the sender for the account "
	    "unless told otherwise; here it is who logged in, see "
	    "identity.keys");
}

void
import_geoip(struct import *import)
{
	const struct tree *tree = import->tree;
	const struct node *list = tree->count > 0 ? tree->nodes : NULL;
	FILE *out;

	if (list != NULL && list->kind == NODE_MAP) {
		const struct node *root = list;

		list = NULL;
		for (const struct node *n = tree_first(root); n != NULL;
		     n = tree_next(root, n))
			if (strcmp(n->path, "data") == 0)
				list = n;
	}
	if (list == NULL || list->kind != NODE_LIST) {
		complain(import->complaints, &(struct place){ 0 },
		    "neither a list of settings nor {\"data\": [...]}");
		return;
	}
	add_general_limits(import->sheet);
	import_embedded(import, "Redis");
	out = sheet_begin(import->sheet, "overrides", NULL);
	if (tree_first(list) == NULL)
		fputs("[]", out);
	for (const struct node *n = tree_first(list); n != NULL;
	     n = tree_next(list, n))
		write_override(import, n, out);
	sheet_end(import->sheet);
}
