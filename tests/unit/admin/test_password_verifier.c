/*
 * test_password_verifier.c -- passwords are checked beside the process.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/password_verifier.h"
#include "unit.h"

#include <crypt.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

/* Passwords and whether they are "right". */
static const struct {
	const char *password;
	bool is_right;
} rows[] = {
	{ "right", true },
	{ "Right", false },
	{ "right ", false },
	{ "", false },
};

static char hash[CRYPT_OUTPUT_SIZE];

/* Of a bcrypt that takes 2^cost rounds. */
static void
make_hash(unsigned long cost)
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];

	ck_assert_ptr_nonnull(crypt_gensalt_rn("$2b$", cost,
	    "0123456789abcdef", 16, setting, sizeof(setting)));
	strcpy(hash, crypt("right", setting));
	ck_assert_int_eq(hash[0], '$');
}

static void *
wait_for(struct verifier *verifier, bool *is_right)
{
	struct pollfd poll_fd = { verifier_fd(verifier), POLLIN, 0 };

	ck_assert_int_eq(poll(&poll_fd, 1, 20000), 1);
	return verifier_take(verifier, is_right);
}

START_TEST(one_after_the_other)
{
	struct verifier *verifier = verifier_start();
	char tags[ROWS(rows)];
	bool is_right;

	make_hash(4);
	ck_assert_ptr_nonnull(verifier);
	for (size_t i = 0; i < ROWS(rows); i++)
		ck_assert(verifier_ask(verifier, "a", hash, rows[i].password,
		    &tags[i]));
	for (size_t i = 0; i < ROWS(rows); i++) {
		ck_assert_ptr_eq(wait_for(verifier, &is_right), &tags[i]);
		ck_assert_msg(is_right == rows[i].is_right, "\"%s\"",
		    rows[i].password);
	}
	ck_assert_ptr_null(verifier_take(verifier, &is_right));
	verifier_stop(verifier);
}
END_TEST

START_TEST(what_is_no_hash_is_never_right)
{
	static const char *const hashes[] = { "*", "*0", "*1", "!", "", "x",
		"$y$", "$2b$99$x" };
	struct verifier *verifier = verifier_start();
	char tag;
	bool is_right;

	for (size_t i = 0; i < ROWS(hashes); i++) {
		ck_assert(verifier_ask(verifier, "a", hashes[i], "", &tag));
		ck_assert_ptr_eq(wait_for(verifier, &is_right), &tag);
		ck_assert_msg(!is_right, "%s", hashes[i]);
	}
	verifier_stop(verifier);
}
END_TEST

START_TEST(only_so_many_wait)
{
	struct verifier *verifier = verifier_start();
	unsigned taken = 0;
	char source[16];
	char tag;

	make_hash(4);
	for (int i = 0; i < 2 * VERIFIER_WAITING_MAX; i++) {
		snprintf(source, sizeof(source), "%d", i);
		taken += verifier_ask(verifier, source, hash, "x", &tag);
	}
	ck_assert_uint_eq(taken, VERIFIER_WAITING_MAX);
	/* Those that still wait are forgotten. */
	verifier_stop(verifier);
	verifier_stop(NULL);
}
END_TEST

/* Whoever asks often waits behind who asks once. */
START_TEST(each_source_has_its_share)
{
	struct verifier *verifier = verifier_start();
	char tags[2 * VERIFIER_SHARE];
	char other;
	bool is_right;
	unsigned taken = 0;
	unsigned before = 0;

	/* Slow: all have asked before the second is done. */
	make_hash(9);
	for (size_t i = 0; i < ROWS(tags); i++)
		taken += verifier_ask(verifier, "a", hash, "x", &tags[i]);
	ck_assert_uint_eq(taken, VERIFIER_SHARE);
	ck_assert(verifier_ask(verifier, "b", hash, "right", &other));
	while (wait_for(verifier, &is_right) != &other)
		before++;
	ck_assert(is_right);
	ck_assert_uint_le(before, 2);
	verifier_stop(verifier);
}
END_TEST

UNIT("admin/password_verifier", one_after_the_other,
    what_is_no_hash_is_never_right, only_so_many_wait, each_source_has_its_share)
