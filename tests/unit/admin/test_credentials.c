/*
 * test_credentials.c -- who is asking, by the header Authorization.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/credentials.h"
#include "config/config.h"
#include "unit.h"

#include <string.h>

static char locked[] = "locked:*", user[] = "anna:$y$j9T$hash-of-anna",
	longer[] = "annabel:$y$j9T$hash-of-annabel",
	changed[] = "anna:$y$j9T$changed";
static char *users[] = { locked, user, longer };
/* Of the token "secret", in either case of hex. */
static char token[] =
    "read:2BB80D537B1DA3E38BD30361AA855686BDE0EACD7162FEF6A25FE97BF527A25B";
static char no_token[] = "operate:*";
static char *tokens[] = { token, no_token };
static struct config config;

static void
setup(size_t user_count, size_t token_count)
{
	memset(&config, 0, sizeof(config));
	config.http.users.list = users;
	config.http.users.count = user_count;
	config.http.tokens.list = tokens;
	config.http.tokens.count = token_count;
}

static const struct {
	const char *what, *header;
	enum credentials_result result;
	const char *who;
} rows[] = {
	{ "no header", NULL, CREDENTIALS_NONE, "" },
	{ "an empty one", "", CREDENTIALS_BAD, "" },
	{ "another scheme", "Digest x", CREDENTIALS_BAD, "" },
	{ "a token", "Bearer secret", CREDENTIALS_GOOD, "token:2bb80d53" },
	{ "schemes in any case", "bEARER   secret", CREDENTIALS_GOOD,
	    "token:2bb80d53" },
	{ "another token", "Bearer secrets", CREDENTIALS_BAD, "" },
	{ "no token", "Bearer ", CREDENTIALS_BAD, "" },
	{ "a hash is no token", "Bearer *", CREDENTIALS_BAD, "" },
	{ "a user: the password is to be checked", "Basic YW5uYTp4",
	    CREDENTIALS_OPEN, "" },
	{ "nobody we know is checked too", "Basic ZXZlOng=", CREDENTIALS_OPEN,
	    "" },
	{ "no colon", "Basic YW5uYQ==", CREDENTIALS_BAD, "" },
	{ "a NUL", "Basic YW5uYQA6eA==", CREDENTIALS_BAD, "" },
	{ "no base64", "Basic a*b=", CREDENTIALS_BAD, "" },
	{ "base64 without its end", "Basic YW5uYTp", CREDENTIALS_BAD, "" },
	{ "nothing", "Basic ", CREDENTIALS_BAD, "" },
};

START_TEST(headers)
{
	struct credentials *credentials;

	setup(3, 2);
	credentials = credentials_new(&config);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct attempt attempt;
		char who[WHO_SIZE];
		enum grant grant;

		ck_assert_msg(credentials_check(credentials, rows[i].header,
		    who, &grant, &attempt) == rows[i].result, "%s",
		    rows[i].what);
		ck_assert_str_eq(who, rows[i].who);
		ck_assert_msg(grant == (rows[i].result == CREDENTIALS_GOOD ?
		    GRANT_READ : GRANT_ANYBODY), "%s", rows[i].what);
		credentials_close(credentials, &attempt, false, who, &grant);
	}
	credentials_free(credentials);
}
END_TEST

/* "anna:x" */
static const char anna[] = "Basic YW5uYTp4";

static enum credentials_result
check(struct credentials *credentials, const char *header,
    struct attempt *attempt)
{
	char who[WHO_SIZE];
	enum grant grant;

	return credentials_check(credentials, header, who, &grant, attempt);
}

START_TEST(a_password_that_was_right_is_known_again)
{
	struct credentials *credentials;
	struct attempt attempt;
	char who[WHO_SIZE];
	enum grant grant;

	setup(3, 0);
	credentials = credentials_new(&config);
	ck_assert_int_eq(check(credentials, anna, &attempt), CREDENTIALS_OPEN);
	ck_assert_str_eq(attempt.hash, "$y$j9T$hash-of-anna");
	ck_assert_str_eq(attempt.password, "x");
	ck_assert(credentials_close(credentials, &attempt, true, who,
	    &grant));
	ck_assert_ptr_null(attempt.password);
	ck_assert_str_eq(who, "anna");
	ck_assert_int_eq(grant, GRANT_ADMIN);
	ck_assert_int_eq(credentials_check(credentials, anna, who, &grant,
	    &attempt), CREDENTIALS_GOOD);
	ck_assert_str_eq(who, "anna");
	/* "anna:y" is another; with another hash "anna:x" is, too. */
	ck_assert_int_eq(check(credentials, "Basic YW5uYTp5", &attempt),
	    CREDENTIALS_OPEN);
	credentials_close(credentials, &attempt, false, who, &grant);
	users[1] = changed;
	ck_assert_int_eq(check(credentials, anna, &attempt), CREDENTIALS_OPEN);
	credentials_close(credentials, &attempt, false, who, &grant);
	users[1] = user;
	credentials_free(credentials);
}
END_TEST

START_TEST(nobody_unknown_becomes_known)
{
	struct credentials *credentials;
	struct attempt attempt;
	char who[WHO_SIZE];
	enum grant grant;

	setup(3, 0);
	credentials = credentials_new(&config);
	/* "eve:x": even should the borrowed hash be that of x. */
	ck_assert_int_eq(check(credentials, "Basic ZXZlOng=", &attempt),
	    CREDENTIALS_OPEN);
	ck_assert(!attempt.is_known);
	ck_assert_int_eq(attempt.hash[0], '$');
	ck_assert(!credentials_close(credentials, &attempt, true, who,
	    &grant));
	ck_assert_int_eq(check(credentials, "Basic ZXZlOng=", &attempt),
	    CREDENTIALS_OPEN);
	credentials_close(credentials, &attempt, false, who, &grant);
	credentials_free(credentials);
}
END_TEST

START_TEST(without_any_everybody_is_let_in)
{
	struct credentials *credentials;
	struct attempt attempt;
	char who[WHO_SIZE];
	enum grant grant;

	setup(0, 0);
	credentials = credentials_new(&config);
	ck_assert(!credentials_are_wanted(credentials));
	ck_assert_int_eq(credentials_check(credentials, NULL, who, &grant,
	    &attempt), CREDENTIALS_GOOD);
	ck_assert_int_eq(grant, GRANT_ADMIN);
	credentials_free(credentials);
}
END_TEST

UNIT("admin/credentials", headers, a_password_that_was_right_is_known_again,
    nobody_unknown_becomes_known, without_any_everybody_is_let_in)
