/*
 * test_webhook.c -- the signature of a webhook.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/webhook.h"

#include "unit.h"

#include <string.h>

/* The test cases of RFC 4231 whose key is text, or as good as. */
static const struct {
	const char *secret, *body, *mac;
} cases[] = {
	{ "Jefe", "what do ya want for nothing?",
	    "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843" },
	{ "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
	  "\x0b\x0b\x0b\x0b",
	    "Hi There",
	    "b0344c61d8db38535ca8afceaf0bf12b"
	    "881dc200c9833da726e9376c2e32cff7" },
};

START_TEST(test_sign)
{
	for (size_t i = 0; i < ROWS(cases); i++) {
		char signature[WEBHOOK_SIGNATURE];

		ck_assert_int_eq(webhook_sign(cases[i].secret, cases[i].body,
				     signature),
		    0);
		ck_assert_int_eq(strncmp(signature, "sha256=", 7), 0);
		ck_assert_str_eq(signature + 7, cases[i].mac);
	}
}
END_TEST

UNIT("notify/webhook", test_sign)
