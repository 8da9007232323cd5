/*
 * test_addressees.c -- who a row of the outbox is still to be told to.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/addressees.h"

#include "base/mem.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 3 };

static char a[] = "a@d", b[] = "b@d", c[] = "c@d";
static char *everybody[] = { a, b, c };
static const struct strings all = { MOST, everybody };

#define DONE DELIVERY_DONE
#define RETRY DELIVERY_RETRY
#define REFUSED DELIVERY_REFUSED

static const struct {
	const char *recipients;
	const char *list[MOST + 1];
	enum delivery fates[MOST];
	const char *left;	/* NULL: nobody */
} rows[] = {
	{ "", { a, b, c }, { DONE, DONE, DONE }, NULL },
	{ "", { a, b, c }, { DONE, RETRY, REFUSED }, "b@d\n" },
	{ "", { a, b, c }, { RETRY, RETRY, RETRY }, "a@d\nb@d\nc@d\n" },
	{ "b@d\n", { "b@d" }, { RETRY }, "b@d\n" },
	{ "b@d\nx@y\n", { "b@d", "x@y" }, { DONE, RETRY }, "x@y\n" },
	{ ":i h 2\n", { a, b, c }, { DONE, RETRY, DONE }, ":i h 2\nb@d\n" },
	{ ":i h 2\nb@d\n", { "b@d" }, { RETRY }, ":i h 2\nb@d\n" },
	{ ":i h 2\nb@d\n", { "b@d" }, { DONE }, NULL },
};

START_TEST(test_who)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct outbox_row row = { .recipients =
			mem_dup(rows[i].recipients) };
		struct fate fates[MOST] = { { .is_down = false } };
		struct delivery_report report = { .fates = fates };
		struct addressees to;
		char *left;

		addressees_open(&to, &row, &all);
		for (; report.count < MOST &&
		     rows[i].list[report.count] != NULL; report.count++) {
			fates[report.count].result =
			    rows[i].fates[report.count];
			ck_assert_str_eq(to.list.list[report.count],
			    rows[i].list[report.count]);
		}
		ck_assert_uint_eq(to.list.count, report.count);
		left = addressees_left(&to, &row, &report);
		ck_assert_msg(left == NULL ? rows[i].left == NULL :
			rows[i].left != NULL && strcmp(left, rows[i].left) == 0,
		    "%zu: left %s", i, left);
		free(left);
		addressees_close(&to);
		free(row.recipients);
	}
}
END_TEST

START_TEST(test_digest)
{
	struct outbox_row row = { .recipients = mem_dup("b@d\n") };
	const struct digest put = { "policyd.digest.1.2.3", "mx.example", 12 };
	struct digest got;

	ck_assert(!addressees_digest(&row, &got));
	addressees_put(&row, &put);
	addressees_put(&row, &put);
	ck_assert_str_eq(row.recipients,
	    ":policyd.digest.1.2.3 mx.example 12\nb@d\n");
	ck_assert(addressees_digest(&row, &got));
	ck_assert_str_eq(got.id, put.id);
	ck_assert_str_eq(got.host, put.host);
	ck_assert_uint_eq(got.count, 12);
	free(row.recipients);
}
END_TEST

UNIT("notify/addressees", test_who, test_digest)
