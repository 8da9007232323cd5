/*
 * key_rows.c -- what becomes of each key of another program.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "import/key_rows.h"

#include "base/mem.h"
#include "base/text.h"
#include "config/yaml_quote.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST = 1000000000 };

static const char between[] = " \t\r\n,";

static bool
is_empty(const struct node *node)
{
	return node->kind == NODE_NULL ||
	    (node->kind == NODE_TEXT && *node->value == '\0') ||
	    (node->kind == NODE_LIST && node->span == 1);
}

const struct node *
import_find(const struct import *import, const char *path)
{
	for (size_t i = 0; i < import->tree->count; i++) {
		const struct node *node = &import->tree->nodes[i];

		if (strcmp(node->path, path) == 0)
			return is_empty(node) ? NULL : node;
	}
	return NULL;
}

const char *
import_text(struct import *import, const struct node *node)
{
	if (node->kind == NODE_TEXT)
		return node->value;
	tree_complain(node, import->complaints, NULL, "a text");
	return NULL;
}

int64_t
import_number(struct import *import, const struct node *node, int64_t least,
    int64_t most)
{
	int64_t number = node->kind == NODE_TEXT ?
	    text_parse_number(node->value, most) : -1;
	char allowed[80];

	if (number >= least)
		return number;
	snprintf(allowed, sizeof(allowed), "a number from %lld to %lld",
	    (long long)least, (long long)most);
	tree_complain(node, import->complaints, NULL, allowed);
	return -1;
}

bool
import_is_true(struct import *import, const struct node *node)
{
	static const char *const words[] = { "true", "yes", "on", "1", "false",
		"no", "off", "0" };

	for (size_t i = 0; i < 8 && node->kind == NODE_TEXT; i++)
		if (strcasecmp(node->value, words[i]) == 0)
			return i < 4;
	tree_complain(node, import->complaints, NULL, "true or false");
	return false;
}

void
import_country(struct import *import, const struct node *node,
    const char *code, FILE *out)
{
	char upper[3] = "";

	if (strlen(code) != 2 || !isalpha((unsigned char)code[0]) ||
	    !isalpha((unsigned char)code[1])) {
		tree_complain(node, import->complaints, code,
		    "country codes of two letters");
		return;
	}
	upper[0] = (char)toupper((unsigned char)code[0]);
	upper[1] = (char)toupper((unsigned char)code[1]);
	/* ISO 3166-1 has reserved it; GeoIP files say GB. */
	quote_write(out, strcmp(upper, "UK") == 0 ? "GB" : upper);
}

static void
write_word(struct import *import, const struct node *node, const char *word,
    bool is_country, FILE *out)
{
	if (is_country)
		import_country(import, node, word, out);
	else
		quote_write(out, word);
}

size_t
import_list(struct import *import, const struct node *node, bool are_countries,
    FILE *out)
{
	const char *text = node->kind == NODE_TEXT ? node->value : "";
	size_t count = 0;

	fputc('[', out);
	for (text += strspn(text, between); *text != '\0';
	     text += strspn(text, between)) {
		size_t length = strcspn(text, between);
		char *word = mem_dup_n(text, length);

		fputs(count++ == 0 ? "" : ", ", out);
		write_word(import, node, word, are_countries, out);
		free(word);
		text += length;
	}
	if (node->kind == NODE_LIST)
		for (const struct node *n = tree_first(node); n != NULL;
		     n = tree_next(node, n)) {
			const char *word = import_text(import, n);

			fputs(count++ == 0 ? "" : ", ", out);
			if (word != NULL)
				write_word(import, n, word, are_countries,
				    out);
		}
	if (node->kind == NODE_MAP)
		tree_complain(node, import->complaints, NULL, "a list");
	fputc(']', out);
	return count;
}

static void
take(struct import *import, const struct import_row *row,
    const struct node *node)
{
	struct sheet *sheet = import->sheet;
	const char *text;
	int64_t number;

	switch (row->kind) {
	case IMPORT_TEXT:
		text = import_text(import, node);
		if (text != NULL)
			sheet_text(sheet, row->to, row->note, text);
		break;
	case IMPORT_NUMBER:
		number = import_number(import, node, 0, MOST);
		fprintf(sheet_begin(sheet, row->to, row->note), "%lld",
		    (long long)number);
		sheet_end(sheet);
		break;
	case IMPORT_BOOL:
		sheet_word(sheet, row->to, row->note,
		    import_is_true(import, node) ? "true" : "false");
		break;
	case IMPORT_WORDS:
	case IMPORT_COUNTRIES:
		import_list(import, node, row->kind == IMPORT_COUNTRIES,
		    sheet_begin(sheet, row->to, row->note));
		sheet_end(sheet);
		break;
	case IMPORT_NONE:
		sheet_remark(sheet, "%s (line %u): %s", row->from,
		    node->key.line, row->note);
		break;
	case IMPORT_OWN:
	default:
		break;
	}
}

void
import_rows(struct import *import, const struct import_row *rows)
{
	const struct node *root = import->tree->nodes;

	if (import->tree->count == 0)
		return;
	if (root->kind != NODE_MAP) {
		tree_complain(root, import->complaints, NULL,
		    "keys and their values");
		return;
	}
	for (const struct node *n = tree_first(root); n != NULL;
	     n = tree_next(root, n)) {
		const struct import_row *row = rows;

		while (row->from != NULL && strcmp(row->from, n->path) != 0)
			row++;
		if (row->from == NULL)
			sheet_remark(import->sheet,
			    "%s (line %u): not known to this import", n->path,
			    n->key.line);
		else if (!is_empty(n))
			take(import, row, n);
	}
}
