/*
 * test_request.c -- the attributes of one policy request.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/request.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define POLICY "request=smtpd_access_policy\n"

static const struct {
	const char *name;
	const char *bytes;
	size_t length;
} lengths[] = {
	{ "nothing is no request", "", 0 },
	{ "a line is none", POLICY, 0 },
	{ "an empty line ends it", POLICY "\n", sizeof(POLICY) },
	{ "what follows is the next one's", POLICY "\nrequest=", sizeof(POLICY) },
	{ "an empty line alone is a request without attributes", "\nx=y\n", 1 },
	{ "CR is not the end of a line", "a=b\r\n\r\n", 0 },
};

START_TEST(finds_the_end)
{
	for (size_t i = 0; i < ROWS(lengths); i++)
		ck_assert_msg(request_length(lengths[i].bytes,
			strlen(lengths[i].bytes), 0) == lengths[i].length,
		    "%s", lengths[i].name);
}
END_TEST

/* However a request is split, its end is found when it is there. */
START_TEST(finds_the_end_split_at_any_byte)
{
	static const char bytes[] = POLICY "sender=a@b\nsize=\n\n";
	size_t whole = sizeof(bytes) - 1;

	for (size_t cut = 0; cut <= whole; cut++) {
		size_t first = request_length(bytes, cut, 0);

		ck_assert_uint_eq(first, cut == whole ? whole : 0);
		if (first == 0)
			ck_assert_uint_eq(request_length(bytes, whole, cut),
			    whole);
	}
}
END_TEST

static const struct {
	const char *name;
	const char *bytes;
	size_t length;	/* 0: up to the NUL */
	const char *wrong;	/* NULL: it is good */
	size_t at;
} verdicts[] = {
	{ "a request", POLICY "\n", 0, NULL, 0 },
	{ "unknown attributes are ignored", POLICY "moon=full\n=\n\n", 0,
	    NULL, 0 },
	{ "another protocol", "request=junk\n\n", 0,
	    "not request=smtpd_access_policy", 0 },
	{ "no protocol", "sender=a@b\n\n", 0,
	    "not request=smtpd_access_policy", 0 },
	{ "no attribute", "\n", 0, "not request=smtpd_access_policy", 0 },
	{ "no equals sign", POLICY "sender\n\n", 0, "a line without \"=\"",
	    sizeof(POLICY) - 1 },
	{ "a NUL byte", POLICY "sender=a\0b\n\n", sizeof(POLICY) + 11,
	    "a NUL byte", sizeof(POLICY) + 7 },
};

START_TEST(tells_good_from_bad)
{
	for (size_t i = 0; i < ROWS(verdicts); i++) {
		char bytes[200];
		struct request request;
		size_t length = verdicts[i].length != 0 ?
		    verdicts[i].length : strlen(verdicts[i].bytes);
		const char *wrong;
		size_t at;

		memcpy(bytes, verdicts[i].bytes, length);
		wrong = request_parse(bytes, length, &request, &at);
		if (verdicts[i].wrong == NULL)
			ck_assert_msg(wrong == NULL, "%s: %s",
			    verdicts[i].name, wrong);
		else
			ck_assert_str_eq(wrong != NULL ? wrong : "good",
			    verdicts[i].wrong);
		ck_assert_msg(at == verdicts[i].at, "%s: at %zu",
		    verdicts[i].name, at);
	}
}
END_TEST

START_TEST(takes_the_values)
{
	char bytes[] = POLICY "protocol_state=RCPT\nclient_address=192.0.2.1\n"
	    "sasl_username=joe=x@b\nsender=\nrecipient=d@e\n"
	    "recipient_count=3\ninstance=1.2\nqueue_id=ABC\n"
	    "sasl_method=plain\nqueue_id=DEF\n"
	    /* As long as those that are meant. */
	    "helo=1\nrequesT=1\nqueue_iD=1\ninstancE=1\nreciPient=1\n"
	    "sasl_methods1=1\nserver_address=1\nrecipient-count=1\n\n";
	struct request request;
	size_t at;

	ck_assert_ptr_null(request_parse(bytes, sizeof(bytes) - 1, &request,
	    &at));
	ck_assert_str_eq(request.protocol_state, "RCPT");
	ck_assert_str_eq(request.client_address, "192.0.2.1");
	ck_assert_str_eq(request.sasl_username, "joe=x@b");
	ck_assert_str_eq(request.sender, "");
	ck_assert_str_eq(request.recipient, "d@e");
	ck_assert_str_eq(request.recipient_count, "3");
	ck_assert_str_eq(request.instance, "1.2");
	ck_assert_str_eq(request.queue_id, "DEF");
}
END_TEST

static const struct {
	const char *bytes;
	const char *mistake;	/* how it begins; NULL: it may be a request */
} mistakes[] = {
	{ "", NULL },
	{ "request=smtpd_access_policy", NULL },
	{ "request=smtpd_access_policy\nhelo_name=x\r\n", NULL },
	{ "helo_name=GET HTTP/1.1", NULL },
	{ "G", NULL },
	{ "GET / HTTP/1.1", NULL },
	{ "GET / HTTP/1.1\r\n", "HTTP" },
	{ "POST /?a=b HTTP/1.0\n", "HTTP" },
	{ "request=smtpd_access_policy\r\n", "a line that ends with CR LF" },
	{ "\r\n", "a line that ends with CR LF" },
	{ "EHLO me\r\n", "a line that ends with CR LF" },
	{ "EHLO me\n", "a line without" },
	{ "\x16\x03\x01", "TLS" },
	{ "\n", NULL },
};

START_TEST(what_will_never_be_a_request)
{
	for (size_t i = 0; i < ROWS(mistakes); i++) {
		const char *wrong = request_mistake(mistakes[i].bytes,
		    strlen(mistakes[i].bytes));

		if (mistakes[i].mistake == NULL)
			ck_assert_ptr_null(wrong);
		else
			ck_assert_msg(wrong != NULL && strncmp(wrong,
			    mistakes[i].mistake,
			    strlen(mistakes[i].mistake)) == 0, "%s: %s",
			    mistakes[i].bytes, wrong);
	}
}
END_TEST

UNIT("policy/request", finds_the_end, finds_the_end_split_at_any_byte,
    tells_good_from_bad, takes_the_values,
    what_will_never_be_a_request)
