/*
 * test_assignments.c -- a file of NAME=value lines, as in /etc/default.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "import/assignments.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const char *const letters[] = { "p", "PORT", NULL };
static const char *const flags[] = { "QUIET", NULL };
static const struct assignments_format options = { "X_", letters, flags };
static const struct assignments_format plain = { NULL, NULL, NULL };

/* Read a text; return "line:name=value;" of each, or what is wrong. */
static char *
read_text(const char *text, const struct assignments_format *format)
{
	char *result = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&result, &length);
	struct complaints complaints = { .out = out, .file = "f" };
	struct tree tree;

	if (assignments_read(&tree, text, strlen(text), format, &complaints) ==
	    0)
		for (size_t i = 1; i < tree.count; i++)
			fprintf(out, "%u:%s=%s;", tree.nodes[i].key.line,
			    tree.nodes[i].path, tree.nodes[i].value);
	tree_clear(&tree);
	fclose(out);
	return result;
}

struct row {
	const char *what, *text, *result;
};

static void
check(const struct row *rows, size_t count,
    const struct assignments_format *format)
{
	for (size_t i = 0; i < count; i++) {
		char *result = read_text(rows[i].text, format);

		ck_assert_msg(strcmp(result, rows[i].result) == 0,
		    "%s: found\n%s", rows[i].what, result);
		free(result);
	}
}

START_TEST(names_and_options_are_the_same)
{
	static const struct row rows[] = {
		{ "nothing is nothing", "", "" },
		{ "a variable", "X_A=b\n", "1:X_A=b;" },
		{ "the last line may lack its end", "\nX_A=b", "2:X_A=b;" },
		{ "lines may end with CRLF", "X_A=b\r\nX_C=d\r\n",
		    "1:X_A=b;2:X_C=d;" },
		{ "another's variable is not ours", "Y_A=b\n", "" },
		{ "it may be exported", "export X_A=b", "1:X_A=b;" },
		{ "double quotes", "X_A=\"b \\\"c\\\" # d\" # e",
		    "1:X_A=b \"c\" # d;" },
		{ "single quotes", "X_A='b \\ \"'", "1:X_A=b \\ \";" },
		{ "a backslash", "X_A=b\\ c", "1:X_A=b c;" },
		{ "a comment", "# X_A=b\n; X_C=d", "" },
		{ "a line of systemd",
		    "Environment=X_A=b \"X_C=d e\"", "1:X_A=b;1:X_C=d e;" },
		{ "the same in quotes", "Environment=\"X_A=b c\"",
		    "1:X_A=b c;" },
		{ "options", "ExecStart=/bin/x serve --max-ips 5 --a-b=c",
		    "1:X_MAX_IPS=5;1:X_A_B=c;" },
		{ "an option of one letter", "x -p 25", "1:X_PORT=25;" },
		{ "a flag has no value", "x --quiet --a b",
		    "1:X_QUIET=true;1:X_A=b;" },
		{ "a command that goes on", "x --a b \\\n  --c d\n--e f",
		    "1:X_A=b;2:X_C=d;3:X_E=f;" },
		{ "options in a variable", "OPTS=\"--a 'b c' -p 1\"",
		    "1:X_A=b c;1:X_PORT=1;" },
		{ "what comes twice is joined", "x --a b --a c",
		    "1:X_A=b c;" },
		{ "an option needs its value", "x --a\nX_B=c",
		    "f:1:1: an option without its value\n" },
		{ "a quote needs its end", "X_A='b\n",
		    "f:2:1: a quote that has no end\n" },
		{ "bytes must be UTF-8", "X_A=\xff",
		    "f: bytes that are no UTF-8 text\n" },
	};

	check(rows, ROWS(rows), &options);
}
END_TEST

START_TEST(a_file_of_settings)
{
	static const struct row rows[] = {
		{ "blanks around the sign", "a = b", "1:a=b;" },
		{ "a text of several lines", "a = \"b \\\n  c\"\nd = e\n",
		    "1:a=b   c;3:d=e;" },
		{ "anything else is wrong", "a = b\n--c d\n",
		    "f:2:1: not NAME = value\n" },
	};

	check(rows, ROWS(rows), &plain);
}
END_TEST

UNIT("import/assignments", names_and_options_are_the_same, a_file_of_settings)
