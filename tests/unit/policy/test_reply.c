/*
 * test_reply.c -- the text of an answer.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/reply.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static const struct {
	enum cause cause;
	uint32_t found, limit, per_s;
	const char *note, *text;
} reasons[] = {
	{ CAUSE_COUNTRIES, 4, 3, 86400, "",
	    "4 countries within 24h, 3 allowed" },
	{ CAUSE_NETWORKS, 11, 10, 3600, "",
	    "11 networks within 1h, 10 allowed" },
	{ CAUSE_HOME_COUNTRIES, 2, 1, 90, "",
	    "2 home countries within 90s, 1 allowed" },
	{ CAUSE_HOME_NETWORKS, 2, 1, 604800, "",
	    "2 home networks within 7d, 1 allowed" },
	{ CAUSE_ONLY_COUNTRIES, 1, 0, 86400, "",
	    "login from outside the allowed countries" },
	{ CAUSE_ONLY_NETWORKS, 1, 0, 86400, "",
	    "login from outside the allowed networks" },
	{ CAUSE_RATE, 100, 100, 3600, "",
	    "100 mails within 1h, 100 allowed" },
	{ CAUSE_MANUAL, 0, 0, 0, "phished", "phished" },
	{ CAUSE_MANUAL, 0, 0, 0, "", "blocked by the administrator" },
	{ CAUSE_MANUAL, 0, 0, 0, "two\nlines\x1b[31m\xc2\x9b", "two lines [31m " },
	{ CAUSE_MANUAL, 0, 0, 0, "cut within \xc3\xa9\xc3", "cut within \xc3\xa9" },
	{ CAUSE_MANUAL, 0, 0, 0,
	    "a word of 148 bytes, and then one that is cut: "
	    "........................................"
	    "........................................"
	    ".......................\xe2\x82\xac",
	    "a word of 148 bytes, and then one that is cut: "
	    "........................................"
	    "........................................"
	    "......................." },
	{ CAUSE_NONE, 0, 0, 0, "", "" },
};

START_TEST(gives_reasons)
{
	for (size_t i = 0; i < ROWS(reasons); i++) {
		char text[REASON_SIZE];

		ck_assert_str_eq(reply_reason(reasons[i].cause,
		    reasons[i].found, reasons[i].limit, reasons[i].per_s,
		    reasons[i].note, text), reasons[i].text);
	}
}
END_TEST

static struct finding finding = {
	.cause = CAUSE_COUNTRIES,
	.found = 4,
	.limit = 3,
	.per_s = 86400,
	.until_ms = 1767225600000,
	.evidence = { .found = { [MEASURE_COUNTRIES] = 4,
	    [MEASURE_NETWORKS] = 6,
	    [MEASURE_HOME_COUNTRIES] = 1, [MEASURE_HOME_NETWORKS] = 2 } },
	.standing = { .state = PLACE_YOUNG, .place = "AS64500",
	    .first_ms = 1767225600000, .is_told = true, .known_places = 3,
	    .spans = { [SPAN_DAY] = { .peak = 40.2 } } },
};

static const struct {
	const char *action, *account, *text;
} rows[] = {
	{ "DUNNO", "joe", "DUNNO" },
	{ "REJECT ${account}", "joe@example.org", "REJECT joe@example.org" },
	{ "${client} ${country}", "joe", "192.0.2.1 DE" },
	{ "${asn} ${as_name}", "joe", "AS64500 Example" },
	{ "${countries} ${networks}", "joe", "5 8" },
	{ "${place} ${state} ${first} ${known_places}", "joe",
	    "AS64500 young 2026-01-01 3" },
	{ "${found} of ${limit}, ${peak}.", "joe", "4 of 3, ." },
	{ "${limit} per ${per}", "joe", "3 per 24h" },
	{ "${reason}", "joe", "4 countries within 24h, 3 allowed" },
	{ "until ${until}", "joe", "until 2026-01-01T00:00:00Z" },
	{ "${account}${account}", "a", "aa" },
	{ "control bytes are dropped: ${account}", "a\nb\r\t\x7f\x1b[c",
	    "control bytes are dropped: ab[c" },
	{ "so are those of two: ${account}", "a\xc2\x9b" "b",
	    "so are those of two: ab" },
	{ "REJECT what is not ASCII: ${account}", "a\xc3\xa9\xe2\x82\xac" "b",
	    "REJECT what is not ASCII: a??b" },
	{ "550 nor UTF-8: ${account}", "a\xc3" "b\xe2\x82",
	    "550 nor UTF-8: a?b??" },
	{ "PREPEND X-Of: ${account}", "a\xc3\xa9\xc2\x9b\n",
	    "PREPEND X-Of: a\xc3\xa9" },
	{ "redirect ${account}", "\xc3\xa9@b", "redirect \xc3\xa9@b" },
	{ "PREPENDED ${account}", "\xc3\xa9", "PREPENDED ?" },
	{ "what is filled in is not filled in again: ${account}",
	    "${client}", "what is filled in is not filled in again: ${client}" },
	{ "what is no macro stays: ${moon} ${ $x ${", "joe",
	    "what is no macro stays: ${moon} ${ $x ${" },
	{ "", "joe", "" },
};

START_TEST(fills_in)
{
	struct login login = { .country = "DE", .asn = 64500,
		.as_name = "Example" };

	ck_assert_int_eq(addr_parse("192.0.2.1", &login.client), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		char text[REPLY_SIZE];

		reply_format(rows[i].action, rows[i].account, &login,
		    &finding, text);
		ck_assert_str_eq(text, rows[i].text);
	}
}
END_TEST

START_TEST(a_peak_is_told_if_it_matters)
{
	struct login login = { .country = "DE" };
	struct finding burst = finding;
	char text[REPLY_SIZE];

	burst.cause = CAUSE_BURST_DAY;
	reply_format("usual: ${peak}", "joe", &login, &burst, text);
	ck_assert_str_eq(text, "usual: 40");
	memset(&burst.standing, 0, sizeof(burst.standing));
	reply_format("[${place}${state}${first}${known_places}${peak}]", "joe",
	    &login, &burst, text);
	ck_assert_str_eq(text, "[]");
}
END_TEST

START_TEST(what_is_no_longer_remembered)
{
	struct login login = { .country = "DE" };
	struct finding capped = finding;
	char text[REPLY_SIZE];
	char reason[REASON_SIZE];

	capped.evidence.is_capped = true;
	reply_format("${networks}: ${reason}", "joe", &login, &capped, text);
	ck_assert_str_eq(text, "8 or more: 4 or more countries within 24h, "
	    "3 allowed");
	/* What was counted when the block began was not capped. */
	capped.found = 5;
	ck_assert_str_eq(reply_reason_of(&capped, reason),
	    "5 countries within 24h, 3 allowed");
	capped.cause = CAUSE_RATE;
	ck_assert_str_eq(reply_reason_of(&capped, reason),
	    "5 mails within 24h, 3 allowed");
}
END_TEST

START_TEST(in_german)
{
	struct login login = { .country = "DE" };
	struct finding some = finding;
	char text[REPLY_SIZE];

	some.evidence.is_capped = true;
	some.until_ms = 0;
	reply_format_in(LANGUAGE_DE, "${networks}: ${reason} bis ${until}",
	    "joe", &login, &some, text);
	ck_assert_str_eq(text, "8 oder mehr: 4 oder mehr Staaten innerhalb "
	    "von 24h, erlaubt: 3 bis zur Freigabe");
	some.cause = CAUSE_MANUAL;
	some.note[0] = '\0';
	reply_format_in(LANGUAGE_DE, "${reason}", "joe", &login, &some, text);
	ck_assert_str_eq(text, "vom Administrator gesperrt");
	/* What an administrator wrote stays. */
	strcpy(some.note, "why not");
	reply_format_in(LANGUAGE_DE, "${reason}", "joe", &login, &some, text);
	ck_assert_str_eq(text, "why not");
	some.cause = CAUSE_ONLY_COUNTRIES;
	reply_format_in(LANGUAGE_DE, "${reason}", "joe", &login, &some, text);
	ck_assert_str_eq(text, "Anmeldung aus einem nicht erlaubten Staat");
}
END_TEST

/* Whatever has English words has German ones, in ASCII. */
START_TEST(each_cause_has_words)
{
	for (int cause = 1; cause < 100; cause++) {
		const struct finding some = { .cause = (enum cause)cause,
			.found = 2, .limit = 1, .per_s = 3600 };
		char english[REASON_SIZE], german[REASON_SIZE];

		reply_reason_in(LANGUAGE_EN, &some, "", english);
		reply_reason_in(LANGUAGE_DE, &some, "", german);
		ck_assert_msg((english[0] == '\0') == (german[0] == '\0'),
		    "%d: %s", cause, english);
		ck_assert_msg(english[0] == '\0' ||
		    strcmp(english, german) != 0, "%d: %s", cause, english);
		for (const char *c = german; *c != '\0'; c++)
			ck_assert_msg((unsigned char)*c < 0x80, "%s", german);
	}
}
END_TEST

START_TEST(a_block_without_end_says_so)
{
	struct login login = { .country = "" };
	struct finding endless = finding;
	char text[REPLY_SIZE];

	endless.until_ms = 0;
	reply_format("until ${until}", "joe", &login, &endless, text);
	ck_assert_str_eq(text, "until unblocked by an administrator");
	reply_format("[${asn}${as_name}]", "joe", &login, &endless, text);
	ck_assert_str_eq(text, "[]");
}
END_TEST

START_TEST(names_of_systems_are_ascii)
{
	const struct login login = { .as_name = "Soci\xc3\xa9t\xc3\xa9" };
	char text[REPLY_SIZE];

	reply_format("DEFER ${as_name}", "joe", &login, &finding, text);
	ck_assert_str_eq(text, "DEFER Soci?t?");
}
END_TEST

/* Wherever a long text is cut, no UTF-8 sequence is cut in two. */
START_TEST(is_cut_between_characters)
{
	struct login login = { .country = "" };
	char account[600];
	char text[REPLY_SIZE];

	for (size_t shift = 0; shift < 4; shift++) {
		size_t length;

		memset(account, 'x', shift);
		for (size_t i = shift; i + 3 < sizeof(account); i += 3)
			memcpy(account + i, "\xe2\x82\xac", 4);
		reply_format("PREPEND ${account} ${account}", account, &login,
		    &finding, text);
		length = strlen(text);
		ck_assert_uint_lt(length, REPLY_SIZE);
		ck_assert_uint_gt(length, REPLY_SIZE - 80);
		while (length > 0 && (text[length - 1] & 0xc0) == 0x80)
			length--;
		ck_assert_uint_eq(strlen(text) - length, text[length - 1] ==
		    '\xe2' ? 2 : 0);
	}
}
END_TEST

UNIT("policy/reply", gives_reasons, fills_in, a_peak_is_told_if_it_matters, in_german, each_cause_has_words, what_is_no_longer_remembered, a_block_without_end_says_so,
    names_of_systems_are_ascii, is_cut_between_characters)
