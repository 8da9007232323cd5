/*
 * test_message.c -- the text of a mail.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/message.h"

#include "unit.h"

#include <string.h>

static char *
build(struct message message)
{
	char joe[] = "joe@example.org";
	char *list[] = { joe };
	const struct strings to = { 1, list };

	message.to = &to;
	if (message.from == NULL)
		message.from = "policyd@example.org";
	if (message.subject == NULL)
		message.subject = "x";
	if (message.content_type == NULL)
		message.content_type = "text/plain";
	if (message.body == NULL)
		message.body = "text\n";
	if (message.id == NULL)
		message.id = "7.3";
	if (message.host == NULL)
		message.host = "mx.example.org";
	return message_build(&message);
}

START_TEST(test_a_whole_message)
{
	char *text = build((struct message){
	    .from = "policyd <policyd@example.org>",
	    .subject = "[policyd] joe was blocked",
	    .body = "Gr\xc3\xbc\xc3\x9f" "e\n.\n",
	    .time_ms = INT64_C(1767225599999),
	});

	ck_assert_str_eq(text,
	    "From: \"policyd\" <policyd@example.org>\r\n"
	    "To: <joe@example.org>\r\n"
	    "Subject: [policyd] joe was blocked\r\n"
	    "Date: Wed, 31 Dec 2025 23:59:59 +0000\r\n"
	    "Message-ID: <7.3@mx.example.org>\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "Gr=C3=BC=C3=9Fe\r\n"
	    ".\r\n");
	free(text);
}
END_TEST

static const struct {
	int64_t time_ms;
	const char *line;
} dates[] = {
	{ 0, "\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\n" },
	{ INT64_C(1709210096789),
	    "\r\nDate: Thu, 29 Feb 2024 12:34:56 +0000\r\n" },
	{ INT64_C(4102444800000),
	    "\r\nDate: Fri, 1 Jan 2100 00:00:00 +0000\r\n" },
};

START_TEST(test_date)
{
	for (size_t i = 0; i < ROWS(dates); i++) {
		char *text = build(
		    (struct message){ .time_ms = dates[i].time_ms });

		ck_assert_msg(strstr(text, dates[i].line) != NULL, "%s", text);
		free(text);
	}
}
END_TEST

static const struct {
	const char *what;
	struct message message;
	const char *line;
} lines[] = {
	{ "an id may have letters, digits, hyphens and dots",
	    { .id = "aZ-9.x", .host = "mx.example.org" },
	    "\r\nMessage-ID: <aZ-9.x@mx.example.org>\r\n" },
	{ "everything else becomes an underscore",
	    { .id = "a b\r\nBcc: <@>\xc3\xbc", .host = ".x..y." },
	    "\r\nMessage-ID: <a_b__Bcc_______@_x._y_>\r\n" },
	{ "an id is never empty", { .id = "", .host = "" },
	    "\r\nMessage-ID: <policyd@policyd>\r\n" },
	{ "another content type", { .content_type = "text/html" },
	    "\r\nContent-Type: text/html; charset=utf-8\r\n" },
	{ "a content type that is none",
	    { .content_type = "text/plain\r\nBcc: x" },
	    "\r\nContent-Type: text/plain; charset=utf-8\r\n" },
	{ "nor is this one", { .content_type = "text" },
	    "\r\nContent-Type: text/plain; charset=utf-8\r\n" },
	{ "nor this", { .content_type = "text/plain; charset=latin1" },
	    "\r\nContent-Type: text/plain; charset=utf-8\r\n" },
	{ "nor this", { .content_type = "a/b/c" },
	    "\r\nContent-Type: text/plain; charset=utf-8\r\n" },
};

START_TEST(test_lines)
{
	for (size_t i = 0; i < ROWS(lines); i++) {
		char *text = build(lines[i].message);

		ck_assert_msg(strstr(text, lines[i].line) != NULL, "%s:\n%s",
		    lines[i].what, text);
		ck_assert_ptr_null(strstr(text, "\nBcc"));
		free(text);
	}
}
END_TEST

UNIT("mail/message", test_a_whole_message, test_date, test_lines)
