/*
 * test_texts.c -- what users read, by account or domain.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/texts_options.h"
#include "parse.h"
#include "unit.h"

static const char sample[] =
    "texts:\n"
    "  - {account: Joe@example.com, blocked: \"REJECT ${account}: why?\"}\n"
    "  - {account: \"@example.com\", language: de, over_rate: DEFER slowly,\n"
    "     account_subject: \"Sperre von ${account}\"}\n"
    "  - {account: \"*\", language: en}\n";

START_TEST(the_first_match_holds)
{
	char *errors;
	struct config *config = parse(sample, &errors);
	const struct text_set *set;

	ck_assert_str_eq(errors, "");
	set = texts_find(&config->texts, "joe@example.com");
	ck_assert_str_eq(texts_action(set, TEXT_BLOCKED),
	    "REJECT ${account}: why?");
	ck_assert_ptr_null(texts_action(set, TEXT_OVER_RATE));
	set = texts_find(&config->texts, "ann@example.com");
	ck_assert_str_eq(texts_action(set, TEXT_OVER_RATE), "DEFER slowly");
	ck_assert_ptr_nonnull(strstr(texts_action(set, TEXT_BLOCKED),
	    "ist gesperrt"));
	ck_assert_str_eq(set->subject, "Sperre von ${account}");
	set = texts_find(&config->texts, "192.0.2.1");
	ck_assert_str_eq(texts_action(set, TEXT_BLOCKED),
	    "REJECT 5.7.1 ${account} is blocked: ${reason}. Please contact "
	    "your postmaster");
	config_free(config);
	free(errors);
	config = parse("", &errors);
	ck_assert_ptr_null(texts_find(&config->texts, "joe@example.com"));
	config_free(config);
	free(errors);
}
END_TEST

START_TEST(what_is_written_is_read_again)
{
	char *errors;
	struct config *config = parse(sample, &errors);
	char *first = dump(config);
	char *second;

	config_free(config);
	free(errors);
	config = parse(first, &errors);
	ck_assert_str_eq(errors, "");
	second = dump(config);
	ck_assert_str_eq(first, second);
	ck_assert_ptr_nonnull(strstr(first, "account: \"@example.com\", "
	    "language: de"));
	config_free(config);
	free(errors);
	free(first);
	free(second);
}
END_TEST

static const struct {
	const char *item, *said;
} wrong[] = {
	{ "3", "a map such as" },
	{ "{language: de}", "no account; add" },
	{ "{account: a b}", "an account, \"@domain\"" },
	{ "{account: a, language: fr}", "allowed is en or de" },
	{ "{account: a, blocked: 550}", "an action of access(5)" },
	{ "{account: a, blocked: \"REJECT ${moon}\"}", "none of the macros" },
	{ "{account: a, blocked: \"a\\nb\"}", "a text of one line" },
	{ "{account: a, over_rate: []}", "a text of one line" },
	{ "{account: a, account_subject: \"${asn}${x}\"}",
	    "none of the macros" },
	{ "{account: a, account_template: b.txt}", "an absolute path" },
	{ "{account: a, account_template: /nowhere/x}",
	    "a plain file that can be read" },
	{ "{account: a, account_template: /}", "a plain file" },
	{ "{account: a, account_template: /dev/null}", "a plain file" },
	{ "{account: \"@\"}", "an account, \"@domain\"" },
	{ "{account: a, ok: DUNNO}", "there is no such key" },
};

START_TEST(what_is_wrong_is_said)
{
	for (size_t i = 0; i < ROWS(wrong); i++) {
		char *text = mem_printf("texts:\n  - %s\n", wrong[i].item);
		char *errors;
		struct config *config = parse(text, &errors);

		ck_assert_msg(config == NULL, "%s", text);
		ck_assert_msg(strncmp(errors, "f:2:", 4) == 0 &&
		    strstr(errors, wrong[i].said) != NULL, "%s: %s", text,
		    errors);
		free(errors);
		free(text);
	}
}
END_TEST

UNIT("config/texts", the_first_match_holds, what_is_written_is_read_again,
    what_is_wrong_is_said)
