/*
 * test_mailbox.c -- addresses as people write them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/mailbox.h"

#include "base/mem.h"
#include "unit.h"

#include <string.h>

static const struct {
	const char *text;
	const char *name, *address;	/* NULL: it is refused */
} mailboxes[] = {
	{ "joe@example.org", "", "joe@example.org" },
	{ " joe@example.org ", "", "joe@example.org" },
	{ "<joe@example.org>", "", "joe@example.org" },
	{ "Joe <joe@example.org>", "Joe", "joe@example.org" },
	{ "\"Joe, Boss\" <joe@example.org>", "Joe, Boss", "joe@example.org" },
	{ "\"a \\\"b\\\" \\\\\" <j@d>", "a \"b\" \\", "j@d" },
	{ "J\xc3\xb6rg <j@d>", "J\xc3\xb6rg", "j@d" },
	{ "root", "", "root" },
	{ "j+x=y!#$%&'*-/?^_`{|}~.@d", "", "j+x=y!#$%&'*-/?^_`{|}~.@d" },
	{ "j@[192.0.2.1]", "", "j@[192.0.2.1]" },
	{ "j@[IPv6:2001:db8::1]", "", "j@[IPv6:2001:db8::1]" },
	{ "\xc3\xbc@\xc3\xbc.example", "", "\xc3\xbc@xn--tda.example" },
	{ "j@b\xc3\xbc" "cher.example", "", "j@xn--bcher-kva.example" },
	{ "j@stra\xc3\x9f" "e.example", "", "j@xn--strae-oqa.example" },
	{ "", NULL, NULL },
	{ "<>", NULL, NULL },
	{ "@example.org", NULL, NULL },
	{ "joe@", NULL, NULL },
	{ "joe@b@c", NULL, NULL },
	{ "joe smith@example.org", NULL, NULL },
	{ "a@b, c@d", NULL, NULL },
	{ "joe@example.org>", NULL, NULL },
	{ "Joe <joe@example.org", NULL, NULL },
	{ "Joe <joe@example.org> x", NULL, NULL },
	{ "j@d\r\nRCPT TO:<e@f>", NULL, NULL },
	{ "<j@d>\r\nRCPT TO:<e@f>", NULL, NULL },
	{ "j@d\x7f", NULL, NULL },
	{ "j\xc2\x85@d", NULL, NULL },
	{ "j\xff@d", NULL, NULL },
	{ "j@d_\xe6\xbc", NULL, NULL },
	{ "j@[d]e", NULL, NULL },
	{ "j@[]", NULL, NULL },
	{ "\"j s\"@d", NULL, NULL },
	{ "j@d/e", NULL, NULL },
	{ "j(c)@d", NULL, NULL },
};

START_TEST(test_parse)
{
	for (size_t i = 0; i < ROWS(mailboxes); i++) {
		struct mailbox mailbox;
		const char *text = mailboxes[i].text;

		if (mailboxes[i].address == NULL) {
			ck_assert_msg(mailbox_parse(text, &mailbox) == -1,
			    "%s", text);
			continue;
		}
		ck_assert_msg(mailbox_parse(text, &mailbox) == 0, "%s", text);
		ck_assert_str_eq(mailbox.name, mailboxes[i].name);
		ck_assert_str_eq(mailbox.address, mailboxes[i].address);
		mailbox_clear(&mailbox);
	}
}
END_TEST

START_TEST(test_an_address_has_an_end)
{
	char address[322];

	memset(address, 'x', sizeof(address));
	address[1] = '@';
	address[320] = '\0';
	ck_assert(mailbox_is_address(address));
	address[320] = 'x';
	address[321] = '\0';
	ck_assert(!mailbox_is_address(address));
}
END_TEST

#define X10 "xxxxxxxxxx"
#define X70 X10 X10 X10 X10 X10 X10 X10

static const struct {
	const char *what;
	const char *list[3];
	size_t count;
	const char *header;
} headers[] = {
	{ "one", { "j@d" }, 1, "To: <j@d>\r\n" },
	{ "several, one a line", { "j@d", "k@d", "l@d" }, 3,
	    "To: <j@d>,\r\n <k@d>,\r\n <l@d>\r\n" },
	{ "a name is quoted", { "a, \"b\" \\ <j@d>" }, 1,
	    "To: \"a, \\\"b\\\" \\\\\" <j@d>\r\n" },
	{ "or encoded", { "\xc3\xbc (x) <j@d>" }, 1,
	    "To: =?utf-8?Q?=C3=BC_=28x=29?= <j@d>\r\n" },
	{ "an encoded look is encoded", { "=?x?= <j@d>" }, 1,
	    "To: =?utf-8?Q?=3D=3Fx=3F=3D?= <j@d>\r\n" },
	{ "what is no address is left out", { "j@d", "x y", "l@d" }, 3,
	    "To: <j@d>,\r\n <l@d>\r\n" },
	{ "even the first", { "x y", "l@d" }, 2, "To: <l@d>\r\n" },
	{ "a long one has its own line", { X70 "@d", X70 "@d" }, 2,
	    "To:\r\n <" X70 "@d>,\r\n <" X70 "@d>\r\n" },
	{ "a name has no controls", { "a\x1b[2J <j@d>" }, 1,
	    "To: \"a[2J\" <j@d>\r\n" },
	{ "a name cannot add a header", { "a\r\nBcc: x <j@d>", "k@d" }, 2,
	    "To: <k@d>\r\n" },
};

START_TEST(test_header)
{
	for (size_t i = 0; i < ROWS(headers); i++) {
		char *list[3];
		const struct strings strings = { headers[i].count, list };
		char *bytes = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&bytes, &size);

		for (size_t k = 0; k < ROWS(list); k++)
			list[k] = mem_dup(headers[i].list[k]);
		mailbox_write_header(out, "To", &strings);
		fclose(out);
		ck_assert_msg(strcmp(bytes, headers[i].header) == 0, "%s:\n%s",
		    headers[i].what, bytes);
		free(bytes);
		for (size_t k = 0; k < ROWS(list); k++)
			free(list[k]);
	}
}
END_TEST

UNIT("mail/mailbox", test_parse, test_an_address_has_an_end, test_header)
