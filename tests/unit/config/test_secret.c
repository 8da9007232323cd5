/*
 * test_secret.c -- passwords are found, and masked.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/secret.h"
#include "unit.h"

#include <string.h>

static const struct {
	const char *what, *url, *masked;
} rows[] = {
	{ "nothing", "", "" },
	{ "no password", "postgresql:///policyd", "postgresql:///policyd" },
	{ "a user alone", "postgresql://u@h/d", "postgresql://u@h/d" },
	{ "a port is none", "postgresql://h:5432/d", "postgresql://h:5432/d" },
	{ "a password", "postgresql://u:p@h/d", "postgresql://u:***@h/d" },
	{ "one with colons", "postgresql://u:p:q@h", "postgresql://u:***@h" },
	{ "one with an at sign", "postgresql://u:p@q@h",
	    "postgresql://u:***@h" },
	{ "an empty one", "postgresql://u:@h", "postgresql://u:@h" },
	{ "several hosts", "postgresql://u:p@a:1,b:2/d",
	    "postgresql://u:***@a:1,b:2/d" },
	{ "in the query", "postgresql://h/d?a=b&password=x&c=d",
	    "postgresql://h/d?a=b&password=***&c=d" },
	{ "in capital letters", "postgresql://h?PASSWORD=x",
	    "postgresql://h?PASSWORD=***" },
	{ "of the key", "postgresql://h?sslpassword=x",
	    "postgresql://h?sslpassword=***" },
	{ "both", "postgresql://u:p@h?password=x",
	    "postgresql://u:***@h?password=***" },
	{ "an at sign in the query", "postgresql://h/d?user=a@b",
	    "postgresql://h/d?user=a@b" },
	{ "a query without value", "postgresql://h?password&x",
	    "postgresql://h?password&x" },
	{ "a keyword", "host=h password=x user=u",
	    "host=h password=*** user=u" },
	{ "with blanks", "password = x host=h", "password = *** host=h" },
	{ "in quotes", "password='a b' host=h", "password=*** host=h" },
	{ "with escaped quotes", "password='a\\' b' host=h",
	    "password=*** host=h" },
	{ "with escaped blanks", "password=a\\ b host=h",
	    "password=*** host=h" },
	{ "never closed", "password='a b", "password=***" },
	{ "a path of a file", "passfile=/x host=h", "passfile=/x host=h" },
	{ "a value that looks like it", "user='password=x' host=h",
	    "user='password=x' host=h" },
	{ "a URL in a keyword", "host=h password=a://b:c@d",
	    "host=h password=***" },
	{ "sqlite", "sqlite:/a/b", "sqlite:/a/b" },
	{ "a word alone", "abc def", "abc def" },
	{ "an equals sign alone", "= = =", "= = =" },
};

START_TEST(masks)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		char *masked = secret_mask(rows[i].url);
		char *again = secret_mask(masked);

		ck_assert_msg(strcmp(masked, rows[i].masked) == 0, "%s: %s",
		    rows[i].what, masked);
		ck_assert_msg(strcmp(masked, again) == 0, "%s: %s, then %s",
		    rows[i].what, masked, again);
		ck_assert_msg(secret_is_in(rows[i].url) ==
			(strcmp(rows[i].url, rows[i].masked) != 0),
		    "%s", rows[i].what);
		free(masked);
		free(again);
	}
}
END_TEST

static const struct {
	const char *what, *url, *shown;
} shown_rows[] = {
	{ "a webhook keeps its secret", "https://hooks.example/T1/B2/secret",
	    "https://hooks.example/***" },
	{ "in the query too", "http://h:8080?key=secret",
	    "http://h:8080/***" },
	{ "its password too", "https://u:p@h/x", "https://u:***@h/***" },
	{ "there is none", "https://h", "https://h" },
	{ "nor here", "https://h:1/", "https://h:1/" },
	{ "a database has none there", "postgresql://h/policyd",
	    "postgresql://h/policyd" },
	{ "a file neither", "sqlite:/a/b", "sqlite:/a/b" },
	{ "masked it stays", "https://h/***", "https://h/***" },
};

START_TEST(shows)
{
	for (size_t i = 0; i < ROWS(shown_rows); i++) {
		char *shown = secret_mask_shown(shown_rows[i].url);

		ck_assert_msg(strcmp(shown, shown_rows[i].shown) == 0,
		    "%s: %s", shown_rows[i].what, shown);
		free(shown);
	}
}
END_TEST

UNIT("config/secret", masks, shows)
