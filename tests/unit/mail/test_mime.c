/*
 * test_mime.c -- encoded-words and quoted-printable.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/mime.h"

#include "base/text.h"
#include "unit.h"

#include <string.h>

#define FFFD "\xef\xbf\xbd"
#define KEY "\xf0\x9f\x94\x91" /* U+1F511 */

static const struct {
	const char *what;
	const char *value;
	bool keep_lines;
	const char *clean;
} cleaned[] = {
	{ "plain text stays", "joe@example.org", false, "joe@example.org" },
	{ "a line end becomes a space", "a\r\nBcc: b", false, "a  Bcc: b" },
	{ "a tab becomes a space", "a\tb", false, "a b" },
	{ "other controls vanish", "a\x1b[2J\x01\x7f\bb", false, "a[2Jb" },
	{ "C1 controls vanish", "a\xc2\x9b\xc2\x85m", false, "am" },
	{ "what follows C1 stays", "\xc2\xa0\xc3\xbc", false,
	    "\xc2\xa0\xc3\xbc" },
	{ "UTF-8 stays", "\xc3\xbc\xe6\xbc\xa2" KEY, false,
	    "\xc3\xbc\xe6\xbc\xa2" KEY },
	{ "bytes that are no UTF-8 are shown", "a\xff\xc3z", false,
	    "a" FFFD FFFD "z" },
	{ "a sequence cut short is shown", "\xe6\xbc", false, FFFD FFFD },
	{ "lines are kept if wanted", "a\n\tb\r\n", true, "a\n\tb\n" },
	{ "other controls vanish from lines", "a\x1b\n\x07" "b", true,
	    "a\nb" },
	{ "nothing stays nothing", "", false, "" },
};

START_TEST(test_clean)
{
	for (size_t i = 0; i < ROWS(cleaned); i++) {
		char *clean = mime_clean(cleaned[i].value,
		    cleaned[i].keep_lines);

		ck_assert_msg(strcmp(clean, cleaned[i].clean) == 0, "%s: %s",
		    cleaned[i].what, clean);
		free(clean);
	}
}
END_TEST

/* What a writing function writes; the caller frees it. */
static char *
written_header(const char *name, const char *value)
{
	char *bytes = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&bytes, &size);

	mime_write_header(out, name, value);
	fclose(out);
	return bytes;
}

static char *
written_body(const char *text)
{
	char *bytes = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&bytes, &size);

	mime_write_body(out, text);
	fclose(out);
	return bytes;
}

#define X10 "xxxxxxxxxx"
#define X60 X10 X10 X10 X10 X10 X10

static const struct {
	const char *what;
	const char *value;
	const char *header;
} headers[] = {
	{ "plain ASCII stays", "[policyd] joe@example.org was blocked",
	    "Subject: [policyd] joe@example.org was blocked\r\n" },
	{ "nothing is nothing", "", "Subject:\r\n" },
	{ "a long line is folded at a space", X60 " " X10 " b",
	    "Subject: " X60 "\r\n " X10 " b\r\n" },
	{ "76 characters are not too long", X60 " 123456",
	    "Subject: " X60 " 123456\r\n" },
	{ "77 are", X60 " 1234567", "Subject: " X60 "\r\n 1234567\r\n" },
	{ "other letters are encoded", "\xc3\xbc b",
	    "Subject: =?utf-8?Q?=C3=BC_b?=\r\n" },
	{ "what looks encoded is encoded", "=?utf-8?Q?x?=",
	    "Subject: =?utf-8?Q?=3D=3Futf-8=3FQ=3Fx=3F=3D?=\r\n" },
	{ "two spaces are not lost", "a  b",
	    "Subject: =?utf-8?Q?a__b?=\r\n" },
	{ "a space at the end is not lost", "a ",
	    "Subject: =?utf-8?Q?a_?=\r\n" },
	{ "a header cannot be added", "a\r\nBcc: b@example.org",
	    "Subject: =?utf-8?Q?a__Bcc=3A_b=40example=2Eorg?=\r\n" },
	{ "a word too long to fold is encoded", X60 "y",
	    "Subject: =?utf-8?Q?" X10 X10 X10 X10 X10 "xxxxx?=\r\n"
	    " =?utf-8?Q?xxxxxy?=\r\n" },
	{ "a character is not split", X10 X10 X10 X10 X10 "xx" KEY,
	    "Subject: =?utf-8?Q?" X10 X10 X10 X10 X10 "xx?=\r\n"
	    " =?utf-8?Q?=F0=9F=94=91?=\r\n" },
};

START_TEST(test_header)
{
	for (size_t i = 0; i < ROWS(headers); i++) {
		char *header = written_header("Subject", headers[i].value);

		ck_assert_msg(strcmp(header, headers[i].header) == 0,
		    "%s:\n%s", headers[i].what, header);
		free(header);
	}
}
END_TEST

/* Each line holds to its limits, and no encoded-word is longer than 75. */
static void
check_lines(const char *bytes)
{
	while (*bytes != '\0') {
		const char *end = strstr(bytes, "\r\n");
		const char *word = strstr(bytes, "=?utf-8");
		size_t length;

		ck_assert_ptr_nonnull(end);
		length = (size_t)(end - bytes);
		ck_assert_msg(length <= MIME_LINE, "%zu: %s", length, bytes);
		ck_assert_msg(strcspn(bytes, "\r\n") == length, "bare CR, LF");
		if (word != NULL && word < end)
			ck_assert_msg(end - word <= 75, "%s", word);
		bytes = end + 2;
	}
}

START_TEST(test_any_length_keeps_to_the_line)
{
	static const char *const characters[] = { "x", "=", " ", "\xc3\xbc",
		"\xe6\xbc\xa2", KEY, "\xff", ".", "x " };

	for (size_t k = 0; k < ROWS(characters); k++) {
		char value[4096];
		struct text text;

		text_init(&text, value, sizeof(value));
		for (size_t length = 0; length < 300; length++) {
			char *header = written_header("Subject", value);
			char *body = written_body(value);

			check_lines(header);
			check_lines(body);
			free(header);
			free(body);
			text_add(&text, characters[k]);
		}
		ck_assert(!text.is_cut);
	}
}
END_TEST

#define X75 X60 X10 "xxxxx"

static const struct {
	const char *what;
	const char *text;
	const char *body;
} bodies[] = {
	{ "plain lines stay", "a\nb c\n", "a\r\nb c\r\n" },
	{ "any line end becomes CRLF", "a\rb\r\nc\nd", "a\r\nb\r\nc\r\nd\r\n" },
	{ "empty lines stay", "\n\n", "\r\n\r\n" },
	{ "nothing is nothing", "", "" },
	{ "the equals sign is encoded", "a=b\n", "a=3Db\r\n" },
	{ "other letters are encoded", "\xc3\xbc\n", "=C3=BC\r\n" },
	{ "what is no UTF-8 is shown", "\xfc\n", "=EF=BF=BD\r\n" },
	{ "a space at the end is encoded", "a \n", "a=20\r\n" },
	{ "only the last", "a  \t\n", "a  =09\r\n" },
	{ "controls are encoded", "\x1b[m\n", "=1B[m\r\n" },
	{ "75 characters fit", X75 "\n", X75 "\r\n" },
	{ "76 need two lines", X75 "y\n", X75 "=\r\ny\r\n" },
	{ "a character is not split", X60 X10 KEY "\n",
	    X60 X10 "=\r\n=F0=9F=94=91\r\n" },
	{ "dots are left to the transport", ".\n..\n", ".\r\n..\r\n" },
};

START_TEST(test_body)
{
	for (size_t i = 0; i < ROWS(bodies); i++) {
		char *body = written_body(bodies[i].text);

		ck_assert_msg(strcmp(body, bodies[i].body) == 0, "%s:\n%s",
		    bodies[i].what, body);
		free(body);
	}
}
END_TEST

UNIT("mail/mime", test_clean, test_header, test_any_length_keeps_to_the_line,
    test_body)
