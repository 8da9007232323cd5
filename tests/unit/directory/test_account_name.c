/*
 * test_account_name.c -- the name of an account, as far as the request tells it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/config.h"
#include "directory/account_name.h"
#include "unit.h"

#include <string.h>

static char plus[] = "+", plus_minus[] = "+-", none[] = "";
static char example[] = "example.com", other[] = "example.org";
static char *domains[] = { example, other };

START_TEST(extension)
{
	static const struct {
		const char *claim, *given, *expected;
		char *delimiters;
	} rows[] = {
		{ "is cut", "joe+x@d", "joe@d", plus },
		{ "is cut at the first delimiter", "a+b+c@d", "a@d", plus },
		{ "may be empty", "joe+@d", "joe@d", plus },
		{ "needs no domain", "joe+x", "joe", plus },
		{ "is in the local part alone", "joe@d+x", "joe@d+x", plus },
		{ "cannot be all there is", "+joe@d", "+joe@d", plus },
		{ "does not follow a leading delimiter", "+joe+x@d",
		    "+joe+x@d", plus },
		{ "may begin with any of several", "joe-x@d", "joe@d",
		    plus_minus },
		{ "begins at the first of several", "joe-x+y@d", "joe@d",
		    plus_minus },
		{ "is not cut from Postfix's own", "Mailer-Daemon@d",
		    "mailer-daemon@d", plus_minus },
		{ "is cut from names like them", "mailer-daemons@d",
		    "mailer@d", plus_minus },
		{ "ends at the last @", "joe+x@y@d", "joe@d", plus },
		{ "is kept without delimiter", "joe+x@d", "joe+x@d", none },
		{ "is not in a domain", "@d+x.example", "@d+x.example", plus },
		{ "is not in an address", "2001:DB8::1", "2001:db8::1", plus },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct config config = { 0 };
		char name[ACCOUNT_SIZE];

		config.identity.extension = rows[i].delimiters;
		ck_assert_int_eq(
		    account_name_clean(&config.identity, rows[i].given, name),
		    0);
		ck_assert_msg(strcmp(name, rows[i].expected) == 0,
		    "an extension %s: %s became %s", rows[i].claim,
		    rows[i].given, name);
	}
}
END_TEST

START_TEST(key)
{
	static const struct {
		const char *claim;
		enum identity keys[IDENTITY_KEYS_MAX];
		size_t key_count;
		struct account_name_source source;
		enum account_name_result result;
		const char *name;
	} rows[] = {
		{ "the login is the account", { IDENTITY_SASL_USERNAME }, 1,
		    { "Joe", "a@b", "192.0.2.1" }, IDENTITY_NAMED, "joe" },
		{ "without login there is none", { IDENTITY_SASL_USERNAME }, 1,
		    { NULL, "a@b", "192.0.2.1" }, IDENTITY_NONE, "" },
		{ "an empty login is none", { IDENTITY_SASL_USERNAME }, 1,
		    { "", "a@b", "192.0.2.1" }, IDENTITY_NONE, "" },
		{ "the next key is the next choice",
		    { IDENTITY_SASL_USERNAME, IDENTITY_SENDER }, 2,
		    { "", "A@b", "192.0.2.1" }, IDENTITY_NAMED, "a@b" },
		{ "the order of keys counts",
		    { IDENTITY_SENDER, IDENTITY_SASL_USERNAME }, 2,
		    { "joe", "a@b", NULL }, IDENTITY_NAMED, "a@b" },
		{ "a bounce leaves the address",
		    { IDENTITY_SENDER, IDENTITY_CLIENT }, 2,
		    { "joe", "", "192.0.2.1" }, IDENTITY_NAMED, "192.0.2.1" },
		{ "one address is written one way", { IDENTITY_CLIENT }, 1,
		    { NULL, NULL, "::FFFF:192.0.2.1" }, IDENTITY_NAMED,
		    "192.0.2.1" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct config config = { 0 };
		char name[ACCOUNT_SIZE] = "unset";

		config.identity.extension = none;
		memcpy(config.identity.keys, rows[i].keys,
		    sizeof(rows[i].keys));
		config.identity.key_count = rows[i].key_count;
		ck_assert_msg(account_name_name(&config.identity,
				  &rows[i].source, name) == rows[i].result &&
				  strcmp(name, rows[i].name) == 0,
		    "%s: %s", rows[i].claim, name);
	}
}
END_TEST

START_TEST(bytes)
{
	static const struct {
		const char *claim, *login, *name;
	} rows[] = {
		{ "UTF-8 stays", "gr\xc3\xbc\xc3\x9f@d", "gr\xc3\xbc\xc3\x9f@d" },
		{ "a byte that is none is written", "gr\xfc@d", "gr%fc@d" },
		{ "another is another", "gr\xfd@d", "gr%fd@d" },
		{ "half a sequence is none", "a\xc3@d", "a%c3@d" },
		{ "and nobody can be called so", "gr%fc@d", "gr%25fc@d" },
		{ "whatever the case", "gr%FC@d", "gr%25fc@d" },
		{ "nor be called so twice", "gr%25fc@d", "gr%2525fc@d" },
		{ "what looks like nothing stays", "100%@d", "100%@d" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct config config = { 0 };
		const struct account_name_source source = { rows[i].login, NULL,
			NULL };
		char name[ACCOUNT_SIZE] = "unset";
		char typed[ACCOUNT_SIZE];

		config.identity.extension = none;
		config.identity.key_count = 1;
		ck_assert_int_eq(account_name_name(&config.identity, &source, name),
		    IDENTITY_NAMED);
		ck_assert_msg(strcmp(name, rows[i].name) == 0, "%s: %s",
		    rows[i].claim, name);
		/* As it is shown it can be typed. */
		ck_assert_int_eq(account_name_clean(&config.identity, name, typed), 0);
		ck_assert_str_eq(typed, name);
	}
}
END_TEST

START_TEST(bytes_that_are_too_many)
{
	struct config config = { 0 };
	char login[ACCOUNT_SIZE];
	const struct account_name_source source = { login, NULL, NULL };
	char name[ACCOUNT_SIZE] = "unset";

	memset(login, 0xff, sizeof(login) - 1);
	login[sizeof(login) - 1] = '\0';
	config.identity.extension = none;
	config.identity.key_count = 1;
	ck_assert_int_eq(account_name_name(&config.identity, &source, name),
	    IDENTITY_TOO_LONG);
	ck_assert_str_eq(name, "");
	ck_assert_int_eq(account_name_clean(&config.identity, login, name), -1);
}
END_TEST

START_TEST(domain)
{
	static const struct {
		const char *claim, *login;
		enum account_name_result result;
		const char *name;
	} rows[] = {
		{ "ours is counted", "Joe@Example.Com", IDENTITY_NAMED,
		    "joe@example.com" },
		{ "our other one too", "joe@example.org", IDENTITY_NAMED,
		    "joe@example.org" },
		{ "another is not", "joe@example.net", IDENTITY_FOREIGN, "" },
		{ "a part of ours is another", "joe@a.example.com",
		    IDENTITY_FOREIGN, "" },
		{ "ours at the end is another", "joe@notexample.com",
		    IDENTITY_FOREIGN, "" },
		{ "an empty one is another", "joe@", IDENTITY_FOREIGN, "" },
		{ "the last @ begins it", "joe@example.net@example.com",
		    IDENTITY_NAMED, "joe@example.net@example.com" },
		{ "none is not another", "joe", IDENTITY_NAMED, "joe" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct config config = { 0 };
		const struct account_name_source source = { rows[i].login, NULL,
			NULL };
		char name[ACCOUNT_SIZE] = "unset";

		config.identity.extension = none;
		config.identity.key_count = 1;
		config.identity.domains.count = ROWS(domains);
		config.identity.domains.list = domains;
		ck_assert_msg(account_name_name(&config.identity, &source,
				  name) == rows[i].result &&
				  strcmp(name, rows[i].name) == 0,
		    "domain: %s: %s", rows[i].claim, name);
	}
}
END_TEST

START_TEST(longest)
{
	struct config config = { 0 };
	char given[ACCOUNT_SIZE + 1];
	const struct account_name_source source = { given, NULL, NULL };
	char name[ACCOUNT_SIZE];

	config.identity.extension = plus;
	config.identity.key_count = 1;
	memset(given, 'A', sizeof(given));
	given[ACCOUNT_SIZE - 1] = '\0';
	ck_assert_int_eq(
	    account_name_name(&config.identity, &source, name), IDENTITY_NAMED);
	ck_assert_uint_eq(strlen(name), ACCOUNT_SIZE - 1);
	ck_assert_int_eq(name[ACCOUNT_SIZE - 2], 'a');
	given[ACCOUNT_SIZE - 1] = 'A';
	given[ACCOUNT_SIZE] = '\0';
	ck_assert_int_eq(account_name_name(&config.identity, &source, name),
	    IDENTITY_TOO_LONG);
	ck_assert_str_eq(name, "");
}
END_TEST

START_TEST(longest_extension)
{
	struct config config = { .identity.extension = plus };
	char given[4 * ACCOUNT_SIZE] = "Joe+";
	char name[ACCOUNT_SIZE];

	memset(given + 4, 'x', 3 * ACCOUNT_SIZE);
	strcpy(given + 3 * ACCOUNT_SIZE, "@D");
	ck_assert_int_eq(account_name_clean(&config.identity, given, name), 0);
	ck_assert_str_eq(name, "joe@d");
}
END_TEST

UNIT("directory/account_name", extension, key, bytes, bytes_that_are_too_many, domain, longest,
    longest_extension)
