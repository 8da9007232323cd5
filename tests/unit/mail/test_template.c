/*
 * test_template.c -- texts with macros, and the built-in ones.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/template.h"

#include "notify/letter_texts.h"
#include "unit.h"

#include <string.h>

static const struct template_value values[] = {
	{ .name = "account", .value = "joe@example.org" },
	{ .name = "evil", .value = "a\r\nb\x1b${account}\xff" },
	{ .name = "logins", .value = "one\n\ttwo\r\n\x07", .is_lines = true },
	{ .name = "empty", .value = "" },
	{ .name = "absent", .value = NULL },
};

static const struct {
	const char *what;
	const char *text;
	const char *expanded;
} expansions[] = {
	{ "a macro is filled in", "<${account}>", "<joe@example.org>" },
	{ "as often as it stands there", "${account}${account}",
	    "joe@example.orgjoe@example.org" },
	{ "text without macros stays", "a $b {c} $ {d}\n", "a $b {c} $ {d}\n" },
	{ "controls do not get in, nor do macros", "${evil}",
	    "a  b${account}\xef\xbf\xbd" },
	{ "a table keeps its lines", "${logins}.", "one\n\ttwo\n." },
	{ "nothing is filled in as nothing", "[${empty}${absent}]", "[]" },
	{ "an unknown macro stays", "${nobody} ${account}",
	    "${nobody} joe@example.org" },
	{ "a name is known as a whole", "${accounts}${accoun}${}",
	    "${accounts}${accoun}${}" },
	{ "a macro without an end stays", "${account", "${account" },
	{ "a macro ends on its line", "${account\n}${account}",
	    "${account\n}joe@example.org" },
	{ "the second of two beginnings counts not", "${${account}",
	    "${${account}" },
	{ "nothing is nothing", "", "" },
};

START_TEST(test_expand)
{
	for (size_t i = 0; i < ROWS(expansions); i++) {
		char *text = template_expand(expansions[i].text, values,
		    ROWS(values));

		ck_assert_msg(strcmp(text, expansions[i].expanded) == 0,
		    "%s: %s", expansions[i].what, text);
		free(text);
	}
}
END_TEST

static const struct {
	const char *text;
	const char *unknown; /* NULL: none */
} unknowns[] = {
	{ "no macro", NULL },
	{ "${account} ${until}\n${logins}", NULL },
	{ "${account} ${acount} ${x}", "${acount}" },
	{ "${}", "${}" },
	{ "${account} ${until", "${" },
	{ "${account\n}", "${" },
};

START_TEST(test_find_unknown)
{
	for (size_t i = 0; i < ROWS(unknowns); i++) {
		size_t length = 0;
		const char *found = template_find_unknown(unknowns[i].text,
		    template_names, &length);

		if (unknowns[i].unknown == NULL) {
			ck_assert_msg(found == NULL, "%s", unknowns[i].text);
			continue;
		}
		ck_assert_ptr_nonnull(found);
		ck_assert_msg(length == strlen(unknowns[i].unknown) &&
			memcmp(found, unknowns[i].unknown, length) == 0,
		    "%s", unknowns[i].text);
	}
}
END_TEST

static const struct {
	const char *word;
	const char *quoted;
} words[] = {
	{ "joe+x@example.org", "joe+x@example.org" },
	{ "", "''" },
	{ "a b", "'a b'" },
	{ "$(reboot)@example.org", "'$(reboot)@example.org'" },
	{ "o'hara", "'o'\\''hara'" },
	{ "''", "''\\'''\\'''" },
	{ "~", "'~'" },
	{ "\xc3\xbc", "'\xc3\xbc'" },
};

START_TEST(test_quote)
{
	for (size_t i = 0; i < ROWS(words); i++) {
		char *quoted = template_quote(words[i].word);

		ck_assert_str_eq(quoted, words[i].quoted);
		free(quoted);
	}
}
END_TEST

/* Every built-in text uses macros that exist, and tells what it must. */
START_TEST(test_notices)
{
	static const struct {
		enum notice notice;
		const char *tells[6];
	} notices[] = {
		{ NOTICE_BLOCK,
		    { "${account}", "${reason}", "${until}", "${logins}",
			"policyd --explain ${argument}\n",
			"policyd --unblock ${argument}\n" } },
		{ NOTICE_UNBLOCK,
		    { "${account}", "${time}",
			"policyd --explain ${argument}\n" } },
		{ NOTICE_DIGEST,
		    { "${count}", "${logins}", "--list-blocked",
			"policyd --unblock ACCOUNT\n" } },
		{ NOTICE_TEST, { "${host}", "${time}", "test" } },
		{ NOTICE_ACCOUNT_BLOCK,
		    { "${account}", "${until}", "${logins}", "password" } },
		{ NOTICE_ACCOUNT_UNBLOCK, { "${account}", "${time}" } },
	};

	for (size_t i = 0; i < ROWS(notices); i++) {
		const char *text = letter_text(notices[i].notice);
		const char *subject = letter_subject(notices[i].notice);
		size_t length;

		ck_assert_ptr_null(template_find_unknown(text, template_names,
		    &length));
		ck_assert_ptr_null(template_find_unknown(subject,
		    template_names, &length));
		ck_assert_ptr_null(strchr(subject, '\n'));
		ck_assert_int_eq(text[strlen(text) - 1], '\n');
		for (size_t k = 0; k < 6; k++)
			if (notices[i].tells[k] != NULL)
				ck_assert_msg(
				    strstr(text, notices[i].tells[k]) != NULL,
				    "%zu: %s", i, notices[i].tells[k]);
	}
}
END_TEST

UNIT("mail/template", test_expand, test_find_unknown, test_quote, test_notices)
