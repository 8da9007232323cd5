/*
 * test_account_lookup.c -- accounts while no directory can be asked.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a directory answers is tested in tests/system/test_ldap.py.
 */
#include "base/clock.h"
#include "config/config.h"
#include "directory/account_lookup.h"
#include "unit.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char empty[] = "", attribute[] = "mail", filter[] = "(mail=%s)";

/* A directory at uri, on whose unknown accounts nothing is to be counted. */
static struct config
make_config(char **uri)
{
	struct config config = { 0 };

	config.ldap.enabled = true;
	config.ldap.uris.count = 1;
	config.ldap.uris.list = uri;
	config.ldap.base = config.ldap.bind_dn = empty;
	config.ldap.ca_file = config.ldap.cert_file = empty;
	config.ldap.key_file = empty;
	config.ldap.filter = filter;
	config.ldap.attribute = attribute;
	config.ldap.timeout_ms = 5000;
	config.ldap.unknown = UNKNOWN_SKIP;
	return config;
}

static void
assert_kept(struct accounts *accounts, const char *name)
{
	struct account_query query;

	strcpy(query.name, name);
	query.result = ACCOUNT_SKIPPED;
	accounts_resolve(accounts, &query, 1, clock_mono_ms() + 10000);
	ck_assert_int_eq(query.result, ACCOUNT_KEPT);
	ck_assert_str_eq(query.name, name);
}

START_TEST(without_ldap_names_are_kept)
{
	struct config config = { 0 };
	struct accounts *accounts = accounts_open(&config.ldap);

	assert_kept(accounts, "joe@example.com");
	accounts_close(accounts);
	accounts_close(NULL);
}
END_TEST

START_TEST(what_is_not_known_is_not_skipped)
{
	char uri[] = "ldapi://%2Fnonexistent%2Fldapi";
	char *uris[] = { uri };
	struct config config = make_config(uris);
	struct accounts *accounts = accounts_open(&config.ldap);

	assert_kept(accounts, "joe@example.com");
	assert_kept(accounts, "joe@example.com");
	assert_kept(accounts, "");
	assert_kept(accounts, "192.0.2.1");
	assert_kept(accounts, "@example.com");
	accounts_close(accounts);
}
END_TEST

/* Of this process: links of a folder are itself, its parent and one for each
 * folder in it. */
static unsigned
threads(void)
{
	struct stat tasks;

	ck_assert_int_eq(stat("/proc/self/task", &tasks), 0);
	return (unsigned)tasks.st_nlink - 2;
}

/* Of all that a thread may be waiting for, it is the longest. */
START_TEST(closing_does_not_wait_for_the_directory)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	char uri[64];
	char *uris[] = { uri };
	struct config config = make_config(uris);
	struct account_query query = { .name = "joe@example.com" };
	struct accounts *accounts = accounts_open(&config.ldap);
	int64_t began_ms = clock_mono_ms();

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bind(listener, (struct sockaddr *)&address, sizeof(address));
	ck_assert_int_eq(listen(listener, 8), 0);
	getsockname(listener, (struct sockaddr *)&address, &size);
	snprintf(uri, sizeof(uri), "ldaps://127.0.0.1:%d",
	    ntohs(address.sin_port));
	config.ldap.timeout_ms = 60000;
	accounts_resolve(accounts, &query, 1, began_ms + 100);
	ck_assert_int_eq(query.result, ACCOUNT_KEPT);
	accounts_close(accounts);
	/* A thread that cannot be stopped is left alone after 1 s, and closes
	 * what it has when nobody is there any more. */
	ck_assert_int_lt(clock_mono_ms() - began_ms, 10000);
	close(listener);
	while (threads() > 1)
		clock_rest_us(10000);
}
END_TEST

UNIT("directory/account_lookup", without_ldap_names_are_kept,
    what_is_not_known_is_not_skipped, closing_does_not_wait_for_the_directory)
