/*
 * test_python.c -- a file of Python that sets names to literals.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "import/python.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const struct python_name names[] = { { "SQLITE_DB", "0" },
	{ NULL, NULL } };

/* Read a text; return "path=value;" of every key, or what is wrong with it. */
static char *
read_text(const char *text)
{
	static const char *const kinds[] = { [NODE_NULL] = "null",
		[NODE_LIST] = "[]", [NODE_MAP] = "{}" };
	char *result = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&result, &length);
	struct complaints complaints = { .out = out, .file = "f" };
	struct tree tree;

	if (python_read(&tree, text, strlen(text), names, &complaints) == 0)
		for (size_t i = 1; i < tree.count; i++)
			fprintf(out, "%s=%s;", tree.nodes[i].path,
			    tree.nodes[i].kind == NODE_TEXT ?
			    tree.nodes[i].value : kinds[tree.nodes[i].kind]);
	tree_clear(&tree);
	fclose(out);
	return result;
}

#define BEYOND "; Python beyond that is not run\n"
#define LITERAL                                                                \
	"a literal: a string, a number, a list, a tuple, a dict, True, "       \
	"False or None" BEYOND

static const struct {
	const char *what, *text, *result;
} rows[] = {
	{ "nothing is nothing", "", "" },
	{ "comments and blank lines too", "# a\n\n  # b\n", "" },
	{ "a number", "a = 10", "a=10;" },
	{ "octal as it is written", "a=0660\nb = 0o660\n", "a=0660;b=0o660;" },
	{ "less than nothing", "a = -1", "a=-1;" },
	{ "a product", "a = 24 * 60*60 # a day\n", "a=86400;" },
	{ "truth", "a = True\nb = False", "a=true;b=false;" },
	{ "None is null", "a = None", "a=null;" },
	{ "names that are known", "a = SQLITE_DB\nb = const.SQLITE_DB",
	    "a=0;b=0;" },
	{ "strings of both quotes", "a = \"x\"; b = 'y#\"'",
	    "a=x;b=y#\";" },
	{ "strings with prefixes", "a = u'x'\nb = b\"y\"\nc = r'\\n'",
	    "a=x;b=y;c=\\n;" },
	{ "strings side by side", "a = 'x' \"y\"\\\n  'z'", "a=xyz;" },
	{ "three quotes go over lines", "a = '''x\n'y'''", "a=x\n'y;" },
	{ "escapes", "a = '\\x41\\u00fc\\'\\t\\d'", "a=A\xc3\xbc'\t\\d;" },
	{ "a list", "a = [1, 'x',\n  None,]", "a=[];a[0]=1;a[1]=x;a[2]=null;" },
	{ "tuples are lists", "a = (1, 2)\nb = (1,)\nc = ()",
	    "a=[];a[0]=1;a[1]=2;b=[];b[0]=1;c=[];" },
	{ "one in brackets is itself", "a = ('x'\n  'y')", "a=xy;" },
	{ "a dict", "a = {'b@c.d': [(1, 2)], 3: {}}",
	    "a={};a.b@c.d=[];a.b@c.d[0]=[];a.b@c.d[0][0]=1;a.b@c.d[0][1]=2;"
	    "a.3={};" },
	{ "imports are passed over", "import os\nfrom x import y\na = 1",
	    "a=1;" },
	{ "lines may end with CRLF", "a = 1\r\nb = 2\r\n", "a=1;b=2;" },
	{ "twice is once too often", "a = 1\na = 2",
	    "f:2:1: a: found twice, first in line 1; keep one of them\n" },
	{ "calls are not made", "a = 1\nb = os.system('x')",
	    "f:2:5: found \"os.system('x')\", allowed is " LITERAL },
	{ "nor is anything else computed", "a = 1 + 2",
	    "f:1:7: found \"+\", allowed is the end of the line" BEYOND },
	{ "nor with names", "a = b", "f:1:5: found \"b\", allowed is "
	    LITERAL },
	{ "nor are there formats", "a = f'{x}'",
	    "f:1:5: found \"f'{x}'\", allowed is " LITERAL },
	{ "no statements", "if a:\n  b = 1",
	    "f:1:4: found \"a:\", allowed is NAME = LITERAL" BEYOND },
	{ "no comparison", "a == 1",
	    "f:1:3: found \"==\", allowed is NAME = LITERAL" BEYOND },
	{ "no sets", "a = {1, 2}",
	    "f:1:7: found \",\", allowed is a dict, whose keys have values"
	    BEYOND },
	{ "a bracket has an end", "a = [1",
	    "f:1:7: found \"\", allowed is a comma, or the end of what the "
	    "bracket began" BEYOND },
	{ "a string has one", "a = 'x\n'",
	    "f:1:5: found \"'x\", allowed is a string that ends, in UTF-8 and "
	    "without a zero byte" BEYOND },
	{ "no zero bytes", "a = '\\x00'",
	    "f:1:5: found \"'\\x00'\", allowed is a string that ends, in UTF-8 "
	    "and without a zero byte" BEYOND },
	{ "no half characters", "a = '\\ud800'",
	    "f:1:5: found \"'\\ud800'\", allowed is a string that ends, in "
	    "UTF-8 and without a zero byte" BEYOND },
	{ "a value is wanted", "a =\n",
	    "f:1:4: found \"\", allowed is " LITERAL },
	{ "bytes must be UTF-8", "a = '\xff'", "f: not a text in UTF-8\n" },
};

START_TEST(brackets_have_a_bound)
{
	char text[200] = "a = ";
	char *result;

	for (int i = 0; i < 33; i++)
		strcat(text, "[");
	result = read_text(text);
	ck_assert_ptr_nonnull(strstr(result, "no more than 32 brackets"));
	free(result);
}
END_TEST

START_TEST(all_rows)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		char *result = read_text(rows[i].text);

		ck_assert_msg(strcmp(result, rows[i].result) == 0,
		    "%s:\n%s\nnot\n%s", rows[i].what, result,
		    rows[i].result);
		free(result);
	}
}
END_TEST

UNIT("import/python", all_rows, brackets_have_a_bound)
