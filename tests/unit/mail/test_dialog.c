/*
 * test_dialog.c -- who got the mail, read from the dialog.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/dialog.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

enum { LINES = 24, RECIPIENTS = 2 };

/* What libcurl says first, and what most servers answer. */
#define SESSION "S 220 mx ESMTP", "C EHLO x", "S 250-mx", "S 250 SIZE"
#define SENDER "C MAIL FROM:<p@d> SIZE=9", "S 250 OK"
#define BOTH "C RCPT TO:<a@d>", "S 250 OK", "C RCPT TO:<b@d>", "S 250 OK"
#define TEXT "C DATA", "S 354 go on"

static const struct {
	const char *what;
	const char *lines[LINES];	/* C: by us, S: by the server */
	enum delivery results[RECIPIENTS];
	const char *why[RECIPIENTS];	/* NULL: nothing was said */
} dialogs[] = {
	{ "all is well",
	    { SESSION, SENDER, BOTH, TEXT, "S 250 queued", "C QUIT",
		"S 221 bye" },
	    { DELIVERY_DONE, DELIVERY_DONE },
	    { "250 queued", "250 queued" } },
	{ "the good-bye changes nothing",
	    { SESSION, SENDER, BOTH, TEXT, "S 250 queued", "C QUIT",
		"S 550 no" },
	    { DELIVERY_DONE, DELIVERY_DONE },
	    { "250 queued", "250 queued" } },
	{ "what follows the answer to the text changes nothing",
	    { SESSION, SENDER, BOTH, TEXT, "S 250 queued", "S 421 bye" },
	    { DELIVERY_DONE, DELIVERY_DONE },
	    { "250 queued", "250 queued" } },
	{ "one is unknown",
	    { SESSION, SENDER, "C RCPT TO:<a@d>", "S 550 5.1.1 who?",
		"C RCPT TO:<b@d>", "S 251 forwarded", TEXT, "S 250 queued" },
	    { DELIVERY_REFUSED, DELIVERY_DONE },
	    { "550 5.1.1 who?", "250 queued" } },
	{ "one is greylisted",
	    { SESSION, SENDER, "C RCPT TO:<a@d>", "S 250 OK",
		"C RCPT TO:<b@d>", "S 450 wait", TEXT, "S 250 queued" },
	    { DELIVERY_DONE, DELIVERY_RETRY },
	    { "250 queued", "450 wait" } },
	{ "a refusal of one outlasts that of the text",
	    { SESSION, SENDER, "C RCPT TO:<a@d>", "S 550 who?",
		"C RCPT TO:<b@d>", "S 250 OK", TEXT, "S 451 disk full" },
	    { DELIVERY_REFUSED, DELIVERY_RETRY },
	    { "550 who?", "451 disk full" } },
	{ "the text is refused",
	    { SESSION, SENDER, BOTH, TEXT, "S 554 spam" },
	    { DELIVERY_REFUSED, DELIVERY_REFUSED },
	    { "554 spam", "554 spam" } },
	{ "the command before the text is refused",
	    { SESSION, SENDER, BOTH, "C DATA", "S 554 no" },
	    { DELIVERY_REFUSED, DELIVERY_REFUSED },
	    { "554 no", "554 no" } },
	{ "the sender is refused",
	    { SESSION, "C MAIL FROM:<p@d>", "S 553 not you" },
	    { DELIVERY_REFUSED, DELIVERY_REFUSED },
	    { "553 not you", "553 not you" } },
	{ "the sender must log in: an administrator mends that",
	    { SESSION, "C MAIL FROM:<p@d>", "S 530 log in" },
	    { DELIVERY_RETRY, DELIVERY_RETRY }, { "530 log in", "530 log in" } },
	{ "the login is refused",
	    { SESSION, "C AUTH PLAIN", "S 535 wrong" },
	    { DELIVERY_RETRY, DELIVERY_RETRY }, { NULL, NULL } },
	{ "nobody knows about the text: the line broke",
	    { SESSION, SENDER, BOTH, TEXT },
	    { DELIVERY_RETRY, DELIVERY_RETRY }, { NULL, NULL } },
	{ "the line broke after one recipient",
	    { SESSION, SENDER, "C RCPT TO:<a@d>", "S 250 OK",
		"C RCPT TO:<b@d>" },
	    { DELIVERY_RETRY, DELIVERY_RETRY }, { NULL, NULL } },
	{ "a reply of several lines counts once, by its last code",
	    { SESSION, SENDER, "C RCPT TO:<a@d>", "S 550-first",
		"S 550-second", "S 550 third", "C RCPT TO:<b@d>", "S 250 OK",
		TEXT, "S 250-thanks", "S 250 bye" },
	    { DELIVERY_REFUSED, DELIVERY_DONE },
	    { "550-first", "250-thanks" } },
	{ "a code alone is a reply",
	    { SESSION, SENDER, BOTH, TEXT, "S 250" },
	    { DELIVERY_DONE, DELIVERY_DONE }, { "250", "250" } },
	{ "rubbish is none",
	    { SESSION, SENDER, BOTH, TEXT, "S hello", "S 25", "S " },
	    { DELIVERY_RETRY, DELIVERY_RETRY }, { NULL, NULL } },
	{ "nobody answers", { NULL }, { DELIVERY_RETRY, DELIVERY_RETRY },
	    { NULL, NULL } },
};

static void
play(struct dialog *dialog, const char *const *lines)
{
	for (size_t i = 0; i < LINES && lines[i] != NULL; i++) {
		char line[128];

		snprintf(line, sizeof(line), "%s\r\n", lines[i] + 2);
		if (lines[i][0] == 'C')
			dialog_sent(dialog, line, strlen(line));
		else
			dialog_received(dialog, line, strlen(line));
	}
}

START_TEST(test_results)
{
	for (size_t i = 0; i < ROWS(dialogs); i++) {
		struct dialog dialog;

		dialog_init(&dialog, RECIPIENTS);
		play(&dialog, dialogs[i].lines);
		for (size_t k = 0; k < RECIPIENTS; k++) {
			const struct reply *why = NULL;
			const char *expected = dialogs[i].why[k];

			ck_assert_msg(dialog_result(&dialog, k, &why) ==
				dialogs[i].results[k],
			    "%s (%zu)", dialogs[i].what, k);
			ck_assert_msg((why == NULL) == (expected == NULL),
			    "%s (%zu)", dialogs[i].what, k);
			if (why != NULL && expected != NULL)
				ck_assert_str_eq(why->text, expected);
		}
		dialog_clear(&dialog);
	}
}
END_TEST

START_TEST(test_what_the_session_ended_with)
{
	const char *lines[LINES] = { "S 220 mx", "C EHLO x", "S 250 mx",
		"C AUTH PLAIN", "S 535 5.7.8 wrong\x1b" };
	struct dialog dialog;

	dialog_init(&dialog, 1);
	play(&dialog, lines);
	ck_assert_int_eq(dialog.session.code, 535);
	ck_assert_str_eq(dialog.session.text, "535 5.7.8 wrong\\x1b");
	dialog_clear(&dialog);
}
END_TEST

/* A server that answers more than it was asked, at length. */
START_TEST(test_too_much)
{
	char line[2000];
	struct dialog dialog;

	memset(line, 'x', sizeof(line));
	memcpy(line, "250 ", 4);
	dialog_init(&dialog, 1);
	for (int i = 0; i < 5; i++) {
		dialog_sent(&dialog, "RCPT TO:<a@d>\r\n", 15);
		dialog_received(&dialog, line, sizeof(line));
		dialog_received(&dialog, line, sizeof(line));
	}
	ck_assert_uint_eq(strlen(dialog.recipients[0].text),
	    DELIVERY_TEXT - 1);
	dialog_clear(&dialog);
}
END_TEST

UNIT("mail/dialog", test_results, test_what_the_session_ended_with,
    test_too_much)
