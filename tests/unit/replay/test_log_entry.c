/*
 * test_log_entry.c -- see replay/log_entry.h: lines of Postfix and of policyd.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "replay/log_entry.h"

#include "base/clock.h"
#include "unit.h"

#include <string.h>

#define AT "2026-01-02T03:04:05Z "

static enum line_said
read_line(const char *text, struct entry **entry)
{
	struct line_clock clock;
	char *line = strdup(text);
	enum line_said said;

	line_clock_init(&clock, INT64_C(1780000000000));
	said = entry_read(&clock, line, true, entry);
	free(line);
	ck_assert_int_eq(*entry != NULL, said == LINE_ENTRY);
	return said;
}

START_TEST(mails)
{
	static const struct {
		const char *line, *mail, *client, *user;
	} rows[] = {
		{ AT "mx1 postfix/smtpd[123]: 4F00A1: client=unknown[192.0.2.1], "
		  "sasl_method=PLAIN, sasl_username=joe@example.com",
		  "mx1/4F00A1", "192.0.2.1", "joe@example.com" },
		{ "Jan  2 03:04:05 mx1 postfix/submission/smtpd[1]: 4Zx1y2z3: "
		  "client=a.example.org[2001:db8::1], sasl_method=LOGIN, "
		  "sasl_username=joe",
		  "mx1/4Zx1y2z3", "2001:db8::1", "joe" },
		{ AT "mx1 postfix-out/smtps/smtpd[1]: 1: client=a[IPv6:2001:db8"
		  "::2], sasl_method=PLAIN, sasl_username=joe",
		  "mx1/1", "2001:db8::2", "joe" },
		{ AT "mx1 p/smtpd: A: client=a[fe80::1%eth0]:2525, sasl_method="
		  "PLAIN, sasl_username=joe, sasl_sender=x@example.com",
		  "mx1/A", "fe80::1", "joe" },
		{ AT "h postfix/smtpd[1]: NOQUEUE: client=a[192.0.2.1], sasl_meth"
		  "od=PLAIN, sasl_username=j, orig_queue_id=B, "
		  "orig_client=b[192.0.2.2]",
		  "h/NOQUEUE", "192.0.2.1", "j" },
		/* Names hold what their owners like. */
		{ AT "h postfix/smtpd[1]: A: client=a[192.0.2.1], sasl_method=X, "
		  "sasl_username=joe smith, esq. <x> [y]=z",
		  "h/A", "192.0.2.1", "joe smith, esq. <x> [y]=z" },
		{ AT "h postfix/smtpd[1]: A: client=a[192.0.2.1], sasl_method=X, "
		  "sasl_username=\"joe \\\"x\\\\ smith\"",
		  "h/A", "192.0.2.1", "joe \"x\\ smith" },
		{ AT "h postfix/smtpd[1]: A: client=a[192.0.2.1], sasl_method=X, "
		  "sasl_username=\"joe smith\"@example.com",
		  "h/A", "192.0.2.1", "\"joe smith\"@example.com" },
		{ AT "h postfix/smtpd[1]: A: client=a[192.0.2.1], sasl_method=X, "
		  "sasl_username=\"", "h/A", "192.0.2.1", "\"" },
		{ AT "h postfix/smtpd[1]: A: client=a[192.0.2.1], sasl_method=X, "
		  "sasl_username=j\xc3\xb6rg\xff#012x",
		  "h/A", "192.0.2.1", "j\xc3\xb6rg\xff#012x" },
		{ AT "h postfix/smtpd[1]: A: client=unknown[unknown], "
		  "sasl_method=X, sasl_username=joe",
		  "h/A", "unknown", "joe" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct entry *entry;

		ck_assert_msg(read_line(rows[i].line, &entry) == LINE_ENTRY,
		    "%s", rows[i].line);
		ck_assert_int_eq(entry->kind, ENTRY_MAIL);
		ck_assert_str_eq(entry->mail, rows[i].mail);
		ck_assert_str_eq(entry->client, rows[i].client);
		ck_assert_str_eq(entry->user, rows[i].user);
		ck_assert(!entry->is_refused);
		free(entry);
	}
}
END_TEST

START_TEST(recipients)
{
	static const struct {
		const char *line;
		unsigned recipients;
	} rows[] = {
		{ AT "mx1 postfix/qmgr[9]: 4F00A1: from=<joe@example.com>, "
		  "size=1, nrcpt=17 (queue active)", 17 },
		{ AT "mx1 postfix-out/nqmgr[9]: 4F00A1: from=<>, size=1, nrcpt=1 "
		  "(queue active)", 1 },
		{ AT "mx1 postfix/qmgr[9]: 4F00A1: from=<\"a, nrcpt=5\"@b>, "
		  "size=1, nrcpt=6 (queue active)", 6 },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct entry *entry;

		ck_assert_int_eq(read_line(rows[i].line, &entry), LINE_ENTRY);
		ck_assert_int_eq(entry->kind, ENTRY_RECIPIENTS);
		ck_assert_str_eq(entry->mail, "mx1/4F00A1");
		ck_assert_int_eq(entry->recipients, rows[i].recipients);
		free(entry);
	}
}
END_TEST

START_TEST(recipients_that_nobody_wants)
{
	struct line_clock clock;
	char line[] = AT "h postfix/qmgr[9]: A: from=<>, size=1, nrcpt=17 (q)";
	struct entry *entry;

	line_clock_init(&clock, INT64_C(1780000000000));
	ck_assert_int_eq(entry_read(&clock, line, false, &entry),
	    LINE_NOTHING);
}
END_TEST

START_TEST(other_lines)
{
	static const char *const rows[] = { "", AT, AT "host", AT "host tag",
		AT "host tag:", "Jan  2 03:04:05 h last message repeated 2 times",
		AT "h postfix/smtpd[1]: A: client=unknown[192.0.2.1]",
		AT "h postfix/smtpd[1]: connect from unknown[192.0.2.1]",
		AT "h postfix/smtpd[1]: NOQUEUE: reject: RCPT from a[192.0.2.1]: "
		   "554 5.7.1 no; from=<x> to=<y> proto=ESMTP helo=<z> "
		   "sasl_username=<joe>",
		AT "h postfix/smtpd[1]: warning: a[1.2.3.4]: SASL LOGIN "
		   "authentication failed: x, sasl_username=joe",
		AT "h postfix/qmgr[1]: A: removed",
		AT "h postfix/smtp[1]: A: to=<x>, relay=y, nrcpt=3",
		AT "h dovecot: imap-login: Login: user=<joe>",
		AT "h smtpd[1]: A: client=a[192.0.2.1], sasl_username=joe",
		AT "h policyd[1]: decided account=joe verdict=pass",
		AT "h policyd[1]: decision client=192.0.2.1 verdict=none",
		"{\"time\":\"2026-01-02T03:04:05Z\",\"message\":\"hello\"}",
		AT "h policyd[1]: {\"event\":\"start\"}" };

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct entry *entry;

		ck_assert_msg(read_line(rows[i], &entry) == LINE_NOTHING, "%s",
		    rows[i]);
	}
}
END_TEST

START_TEST(malformed_lines)
{
	static const char *const rows[] = { "x", "no time at all",
		"Feb 30 03:04:05 h postfix/smtpd[1]: A: client=a[1.2.3.4]",
		AT "h postfix/smtpd[1]: A: client=a, sasl_username=joe",
		AT "h postfix/smtpd[1]: A: client=a[1.2.3.4, sasl_username=joe",
		AT "h postfix/smtpd[1]: A: client=, sasl_username=joe[1.2.3.4]",
		AT "h postfix/smtpd[1]: A: client=a[1.2.3.4], sasl_username=",
		AT "h postfix/qmgr[1]: A: from=<>, size=1, nrcpt=x",
		AT "h postfix/qmgr[1]: A: from=<>, size=1, nrcpt=12345678",
		AT "h policyd[1]: decision account=joe client=1.2.3.4",
		AT "h policyd[1]: decision account=\"joe verdict=pass",
		AT "h policyd[1]: decision account=\"j\\q\" verdict=pass",
		AT "h policyd[1]: decision account=\"j\\x00\" verdict=pass",
		AT "h policyd[1]: decision account",
		"{", "{}x", "[]", "{\"event\":\"decision\",\"account\":\"joe\","
		"\"verdict\":\"pass\"}",
		"{\"time\":\"today\",\"event\":\"decision\",\"account\":\"joe\","
		"\"verdict\":\"pass\"}" };

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct entry *entry;

		ck_assert_msg(read_line(rows[i], &entry) == LINE_BAD, "%s",
		    rows[i]);
	}
}
END_TEST

START_TEST(decisions)
{
	static const struct {
		const char *line, *mail, *client, *user;
		bool is_refused;
	} rows[] = {
		{ AT "policyd[12] info: decision account=joe client=192.0.2.1 "
		  "country=DE countries=1 verdict=pass action=DUNNO "
		  "instance=1.2.3 ms=0.812", "1.2.3", "192.0.2.1", "joe", false },
		{ "Jan  2 03:04:05 h policyd[12]: decision account=joe "
		  "client=2001:db8::1 verdict=blocked reason=\"4 countries within "
		  "24h, 3 allowed\" instance=x", "x", "2001:db8::1", "joe", true },
		{ AT "h policyd[12]: decision account=joe verdict=pass "
		  "would=blocked", "", "", "joe", true },
		{ AT "h policyd[12]: decision account=joe verdict=exempt", "", "",
		  "joe", false },
		{ AT "h policyd[12]: decision account=\"a \\\"b\\\\c\\n\\t\\x01"
		  "\\u0085=\" client=\"x y\" verdict=pass",
		  "", "x y", "a \"b\\c\n\t\x01\xc2\x85=", false },
		{ "{\"time\":\"2026-01-02T03:04:05.000Z\",\"level\":\"info\","
		  "\"pid\":1,\"event\":\"decision\",\"account\":\"j\\u00f6\\n\","
		  "\"client\":\"192.0.2.1\",\"verdict\":\"pass\","
		  "\"instance\":\"i\"}", "i", "192.0.2.1", "j\xc3\xb6\n", false },
		{ AT "h policyd[12]: {\"event\":\"decision\",\"account\":\"joe\","
		  "\"verdict\":\"deferred\"}", "", "", "joe", true },
	};
	int64_t at_ms;

	ck_assert_int_eq(clock_parse("2026-01-02T03:04:05Z", &at_ms), 0);
	ck_assert_int_eq(setenv("TZ", "UTC", 1), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct entry *entry;

		ck_assert_msg(read_line(rows[i].line, &entry) == LINE_ENTRY,
		    "%s", rows[i].line);
		ck_assert_int_eq(entry->kind, ENTRY_DECISION);
		ck_assert_int_eq(entry->at_ms, at_ms);
		ck_assert_str_eq(entry->mail, rows[i].mail);
		ck_assert_str_eq(entry->client, rows[i].client);
		ck_assert_str_eq(entry->user, rows[i].user);
		ck_assert_int_eq(entry->is_refused, rows[i].is_refused);
		free(entry);
	}
}
END_TEST

UNIT("replay/log_entry", mails, recipients, recipients_that_nobody_wants,
    other_lines, malformed_lines, decisions)
