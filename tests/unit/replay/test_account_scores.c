/*
 * test_account_scores.c -- see replay/account_scores.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "replay/account_scores.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct score *
score_of(struct scores *scores, const char *account)
{
	return &scores_of(scores, account)->scores[0];
}

static void
count(struct scores *scores, enum outcome outcome, enum cause cause,
    const char *mail, int64_t at_ms)
{
	struct decision decision = { .outcome = outcome };

	decision.finding.cause = cause;
	decision.finding.is_new_block = outcome == OUTCOME_BLOCKED &&
	    cause != CAUSE_NONE;
	scores_count(score_of(scores, "joe"), &decision, mail, at_ms);
}

START_TEST(what_became_of_mails)
{
	struct scores *scores = scores_new();
	const struct score *joe = score_of(scores, "joe");

	count(scores, OUTCOME_PASS, CAUSE_NONE, "", 1);
	count(scores, OUTCOME_EXEMPT, CAUSE_NONE, "", 2);
	count(scores, OUTCOME_DEFERRED, CAUSE_QUOTA_HOUR, "", 3);
	count(scores, OUTCOME_OVER_RATE, CAUSE_RATE, "", 4);
	count(scores, OUTCOME_PASS, CAUSE_NONE, "", 5);
	count(scores, OUTCOME_BLOCKED, CAUSE_COUNTRIES, "", 6);
	count(scores, OUTCOME_BLOCKED, CAUSE_NONE, "", 7);
	count(scores, OUTCOME_OVER_LIMIT, CAUSE_NETWORKS, "", 8);
	count(scores, OUTCOME_PASS, CAUSE_NONE, "", 9);
	count(scores, OUTCOME_BLOCKED, CAUSE_RATE, "", 10);
	ck_assert_uint_eq(joe->mails, 10);
	ck_assert_uint_eq(joe->passed, 4);
	ck_assert_uint_eq(joe->deferred, 2);
	ck_assert_uint_eq(joe->refused, 4);
	/* The first of each. */
	ck_assert_int_eq(joe->first_deferred.at_ms, 3);
	ck_assert_int_eq(joe->first_deferred.cause, CAUSE_QUOTA_HOUR);
	ck_assert_uint_eq(joe->first_deferred.passed_before, 2);
	ck_assert_int_eq(joe->blocked.at_ms, 6);
	ck_assert_int_eq(joe->blocked.cause, CAUSE_COUNTRIES);
	ck_assert_uint_eq(joe->blocked.passed_before, 3);
	scores_free(scores);
}
END_TEST

START_TEST(requests_of_one_mail_are_one)
{
	struct scores *scores = scores_new();
	const struct score *joe = score_of(scores, "joe");

	count(scores, OUTCOME_PASS, CAUSE_NONE, "a", 1);
	count(scores, OUTCOME_PASS, CAUSE_NONE, "a", 2);
	count(scores, OUTCOME_PASS, CAUSE_NONE, "b", 3);
	count(scores, OUTCOME_BLOCKED, CAUSE_NETWORKS, "b", 4);
	count(scores, OUTCOME_BLOCKED, CAUSE_NONE, "", 5);
	count(scores, OUTCOME_BLOCKED, CAUSE_NONE, "", 6);
	ck_assert_uint_eq(joe->mails, 4);
	ck_assert_uint_eq(joe->passed, 2);
	ck_assert_uint_eq(joe->refused, 2);
	ck_assert_int_eq(joe->blocked.at_ms, 4);
	scores_free(scores);
}
END_TEST

START_TEST(all_in_order)
{
	enum { MANY = 100000 };
	struct scores *scores = scores_new();
	struct account_score **list;
	size_t length;

	for (int i = MANY; i-- > 0;) {
		char name[16];

		snprintf(name, sizeof(name), "a%06d", i);
		scores_of(scores, name)->scores[1].mails = (uint64_t)i;
	}
	ck_assert_uint_eq(scores_of(scores, "a000007")->scores[1].mails, 7);
	list = scores_list(scores, &length);
	ck_assert_uint_eq(length, MANY);
	for (size_t i = 0; i < length; i++)
		ck_assert_uint_eq(list[i]->scores[1].mails, i);
	free(list);
	scores_free(scores);
}
END_TEST

UNIT("replay/account_scores", what_became_of_mails,
    requests_of_one_mail_are_one, all_in_order)
