/*
 * test_postconf_facts.c -- what postconf says, and lists of restrictions.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "postfix/postconf_facts.h"
#include "unit.h"

#include <string.h>

static const struct {
	const char *list;
	const char *words[5];
} lists[] = {
	{ "", { NULL } },
	{ " , ,\t", { NULL } },
	{ "permit", { "permit" } },
	{ "a,b c\n\t, d", { "a", "b", "c", "d" } },
	{ "check_policy_service { unix:p, default_action=DUNNO }, permit",
	    { "check_policy_service", "{ unix:p, default_action=DUNNO }",
		"permit" } },
	{ "{a {b c} d} e", { "{a {b c} d}", "e" } },
	{ "a {b", { "a", "{b" } },
};

START_TEST(words)
{
	for (size_t i = 0; i < ROWS(lists); i++) {
		const char *rest = lists[i].list;
		char word[RESTRICTION_SIZE];
		size_t count = 0;

		while (postfix_next_word(&rest, word)) {
			ck_assert_ptr_nonnull(lists[i].words[count]);
			ck_assert_str_eq(word, lists[i].words[count]);
			count++;
		}
		ck_assert_msg(lists[i].words[count] == NULL, "\"%s\"",
		    lists[i].list);
	}
}
END_TEST

START_TEST(values)
{
	struct postfix_facts facts = { NULL, 0, NULL, 0 };
	bool is_own;

	postfix_facts_take_main(&facts, "compatibility_level = 3.6");
	postfix_facts_take_main(&facts, "mail_owner = postfix");
	postfix_facts_take_main(&facts, "smtpd_relay_restrictions = ");
	postfix_facts_take_main(&facts, "postconf: warning: nonsense");
	postfix_facts_take_override(&facts,
	    "submission/inet/mail_owner = a = b");
	postfix_facts_take_override(&facts, "nonsense");
	postfix_facts_take_master(&facts,
	    "smtp       inet  n       -       y       -       -       smtpd");
	postfix_facts_take_master(&facts,
	    "submission inet n - - - - smtpd -o mail_owner=a");
	postfix_facts_take_master(&facts, "smtp unix - - y - - smtp");
	postfix_facts_take_master(&facts, "smtpd pass - - n - - smtpdx");
	postfix_facts_take_master(&facts, "");
	ck_assert_uint_eq(facts.service_count, 2);
	ck_assert_str_eq(facts.services[0].name, "smtp/inet");
	ck_assert_str_eq(facts.services[1].name, "submission/inet");
	ck_assert(postfix_facts_is_chrooted(&facts, &facts.services[0]));
	ck_assert(!postfix_facts_is_chrooted(&facts, &facts.services[1]));
	ck_assert_str_eq(postfix_facts_get(&facts, &facts.services[0],
	    "mail_owner", &is_own), "postfix");
	ck_assert(!is_own);
	ck_assert_str_eq(postfix_facts_get(&facts, &facts.services[1],
	    "mail_owner", &is_own), "a = b");
	ck_assert(is_own);
	ck_assert_str_eq(postfix_facts_get(&facts, NULL, "nothing", NULL),
	    "");
	postfix_facts_clear(&facts);
}
END_TEST

UNIT("postfix/postconf_facts", words, values)
