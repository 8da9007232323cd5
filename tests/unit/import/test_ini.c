/*
 * test_ini.c -- a file of [sections] and "key = value" lines.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "import/ini.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

/* Read a text; return "path=value;" of every key, or what is wrong with it. */
static char *
read_text(const char *text)
{
	char *result = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&result, &length);
	struct complaints complaints = { .out = out, .file = "f" };
	struct tree tree;

	if (ini_read(&tree, text, strlen(text), &complaints) == 0)
		for (size_t i = 1; i < tree.count; i++)
			fprintf(out, "%s=%s;", tree.nodes[i].path,
			    tree.nodes[i].value);
	tree_clear(&tree);
	fclose(out);
	return result;
}

static const struct {
	const char *what, *text, *result;
} rows[] = {
	{ "nothing is nothing", "", "" },
	{ "a key is in its section", "[a]\nb = c\n", "a.b=c;" },
	{ "the last line may lack its end", "[a]\nb=c", "a.b=c;" },
	{ "lines may end with CRLF", "[a]\r\nb = c\r\n", "a.b=c;" },
	{ "a colon will do", "[a]\nb: c", "a.b=c;" },
	{ "the first sign counts", "[a]\nb = c=d:e", "a.b=c=d:e;" },
	{ "keys are in lower case", "[A]\nKey = Value", "A.key=Value;" },
	{ "white space around a value goes", "[a]\nb =\t c d \t", "a.b=c d;" },
	{ "a tab within it stays", "[a]\nb = c\td", "a.b=c\td;" },
	{ "a value may be empty", "[a]\nb =\n", "a.b=;" },
	{ "comments are left out", "# x\n[a]\n;y\nb = c\n # z\n", "a.b=c;" },
	{ "an indented line goes on", "[a]\nb = c\n\td\n  e\n", "a.b=c d e;" },
	{ "a section may come again", "[a]\nb=1\n[c]\nd=2\n[a]\ne=3\n",
	    "a.b=1;c.d=2;a.e=3;" },
	{ "a key may not", "[a]\nb=1\nb=2\n",
	    "f:3:1: a.b: found twice, first in line 2; keep one of them\n" },
	{ "a key needs a section", "b = c\n",
	    "f:1:1: b stands before the first [section]\n" },
	{ "a section needs its end", "[a\n",
	    "f:1:1: a section without the ] at its end\n" },
	{ "a line needs a sign", "[a]\nb\n",
	    "f:2:1: neither [section] nor \"key = value\"\n" },
	{ "a key needs a name", "[a]\n= c\n",
	    "f:2:1: neither [section] nor \"key = value\"\n" },
	{ "what goes on needs a beginning", "[a]\n b\n",
	    "f:2:1: goes on with a value, but there is none before it\n" },
	{ "bytes must be UTF-8", "[a]\nb = \xff\n",
	    "f:2:1: bytes that are no UTF-8 text\n" },
	{ "beside a tab too", "[a]\nb = \t1\t\xff\n",
	    "f:2:1: bytes that are no UTF-8 text\n" },
	{ "a control character is none", "[a]\nb = \x1b\n",
	    "f:2:1: bytes that are no UTF-8 text\n" },
	{ "every error is said", "[a\nb\n",
	    "f:1:1: a section without the ] at its end\n"
	    "f:2:1: neither [section] nor \"key = value\"\n" },
};

START_TEST(a_text_is_read)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		char *result = read_text(rows[i].text);

		ck_assert_msg(strcmp(result, rows[i].result) == 0,
		    "%s: found\n%s", rows[i].what, result);
		free(result);
	}
}
END_TEST

UNIT("import/ini", a_text_is_read)
