/*
 * test_webhook.c -- the signature of a webhook.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/webhook.h"

#include "unit.h"

#include <string.h>

/* The first is the example of the specification, reckoned with another
 * implementation of it; the others are the same by openssl(1). */
static const struct {
	const char *secret;
	struct webhook_event event;
	const char *signature;	/* NULL: the secret cannot be read */
} cases[] = {
	{ "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	    { "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
		"{\"test\": 2432232314}" },
	    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" },
	{ "sesame", { "evt_1", 1, "{}" }, "v1,pWxVQ0LBFakCSNsjAKT3a7usHql/2q9wWoBH36pgm4k=" },
	{ "", { "evt_1", 1, "{}" }, NULL },
	{ "whsec_", { "evt_1", 1, "{}" }, NULL },
	{ "whsec_!", { "evt_1", 1, "{}" }, NULL },
};

START_TEST(test_sign)
{
	for (size_t i = 0; i < ROWS(cases); i++) {
		char signature[WEBHOOK_SIGNATURE];
		int is_bad = webhook_sign(cases[i].secret, &cases[i].event,
		    signature);

		ck_assert_int_eq(is_bad, cases[i].signature == NULL ? -1 : 0);
		if (is_bad == 0)
			ck_assert_str_eq(signature, cases[i].signature);
	}
}
END_TEST

UNIT("notify/webhook", test_sign)
