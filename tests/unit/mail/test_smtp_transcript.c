/*
 * test_smtp_transcript.c -- what is read from a dialog with a mail server.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/smtp_transcript.h"

#include "unit.h"

#include <string.h>

enum { LINES = 12 };

static const struct {
	const char *what;
	const char *lines[LINES]; /* C: by us, S: by the server */
	const char *line, *complaint;
	bool has_auth, has_smtputf8, has_size, is_logged_in, is_more;
} dialogs[] = {
	{ "nothing was said", { NULL }, "", "", .is_more = false },
	{ "a greeting", { "S 220 mx\r\n" }, "220 mx", "", .is_more = false },
	{ "what is offered",
	    { "C EHLO x\r\n", "S 250-mx\r\n250-SIZE 1000\r\n250-AUTH=PLAIN",
		"S \r\n", "S 250 SMTPUTF8\r\n" },
	    "250 SMTPUTF8", "", true, true, true, false, false },
	{ "a word that begins like one that is looked for",
	    { "C EHLO x\r\n", "S 250-SIZES\r\n250 AUTHENTICITY\r\n" },
	    "250 AUTHENTICITY", "", .is_more = false },
	{ "what was offered before TLS does not count",
	    { "C EHLO x\r\n", "S 250-AUTH PLAIN\r\n250 STARTTLS\r\n",
		"C STARTTLS\r\n", "S 220 go\r\n", "C EHLO x\r\n",
		"S 250 mx\r\n" },
	    "250 mx", "", .is_more = false },
	{ "one line too many",
	    { "C STARTTLS\r\n", "S 220 go\r\n250 injected\r\n" },
	    "250 injected", "", .is_more = true },
	{ "the begin of one too many", { "C STARTTLS\r\n", "S 220 go\r\n2" },
	    "220 go", "", .is_more = true },
	{ "several lines that are one answer",
	    { "C STARTTLS\r\n", "S 220-go\r\n220 on\r\n" }, "220 on", "",
	    .is_more = false },
	{ "a login", { "C AUTH PLAIN AGEAYg==\r\n", "S 235 OK\r\n" }, "235 OK",
	    "", .is_logged_in = true },
	{ "a refused login, and a good-bye",
	    { "C AUTH PLAIN AGEAYg==\r\n", "S 535 no\r\n", "C QUIT\r\n",
		"S 221 bye\r\n" },
	    "221 bye", "535 no", .is_more = false },
	{ "no reply at all", { "S what?\r\n", "S \r\n", "S 9\r\n" }, "9", "",
	    .is_more = false },
};

START_TEST(test_dialogs)
{
	for (size_t i = 0; i < ROWS(dialogs); i++) {
		struct transcript seen = { .length = 0 };

		for (const char *const *line = dialogs[i].lines;
		     line < dialogs[i].lines + LINES && *line != NULL; line++)
			(**line == 'S' ? transcript_received : transcript_sent)(
			    &seen, *line + 2, strlen(*line + 2));
		ck_assert_msg(strcmp(seen.line, dialogs[i].line) == 0,
		    "%s: line %s", dialogs[i].what, seen.line);
		ck_assert_msg(strcmp(seen.complaint, dialogs[i].complaint) == 0,
		    "%s: complaint %s", dialogs[i].what, seen.complaint);
		ck_assert_msg(
		    seen.has_auth == dialogs[i].has_auth &&
			seen.has_smtputf8 == dialogs[i].has_smtputf8 &&
			seen.has_size == dialogs[i].has_size,
		    "%s: offers", dialogs[i].what);
		ck_assert_msg(seen.is_logged_in == dialogs[i].is_logged_in,
		    "%s: login", dialogs[i].what);
		ck_assert_msg(transcript_is_more(&seen) == dialogs[i].is_more,
		    "%s: more", dialogs[i].what);
	}
}
END_TEST

/* Lines that do not fit are cut, whatever comes. */
START_TEST(test_long_line)
{
	struct transcript seen = { .length = 0 };
	static const char piece[] = "250-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

	for (int i = 0; i < 1000; i++)
		transcript_received(&seen, piece, sizeof(piece) - 1);
	transcript_received(&seen, "\r\n", 2);
	ck_assert_uint_eq(strlen(seen.line), DELIVERY_TEXT - 1);
	ck_assert_uint_eq(seen.length, 0);
}
END_TEST

UNIT("mail/smtp_transcript", test_dialogs, test_long_line)
