/*
 * test_login_sessions.c -- who has logged in by the status page.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/login_sessions.h"
#include "unit.h"

#include <string.h>

enum { NOW = 1000 };

START_TEST(it_begins_and_ends)
{
	struct sessions *sessions = sessions_new(true);
	char key[SESSION_KEY_SIZE];
	char other[SESSION_KEY_SIZE];
	const struct session *found;

	sessions_begin(sessions, "joe", GRANT_OPERATE, NOW, key);
	sessions_begin(sessions, "ann", GRANT_READ, NOW, other);
	ck_assert_str_ne(key, other);
	found = sessions_find(sessions, key, NOW);
	ck_assert_str_eq(found->who, "joe");
	ck_assert_int_eq(found->grant, GRANT_OPERATE);
	ck_assert_str_eq(sessions_find(sessions, other, NOW)->who, "ann");
	/* The token is no key, and a key is no token. */
	ck_assert(session_knows(found, found->csrf));
	ck_assert(!session_knows(found, key));
	ck_assert(!session_knows(found, ""));
	ck_assert(!session_knows(found, NULL));
	ck_assert_ptr_null(sessions_find(sessions, found->csrf, NOW));
	ck_assert_ptr_null(sessions_find(sessions, "", NOW));
	sessions_end(sessions, key);
	sessions_end(sessions, key);
	ck_assert_ptr_null(sessions_find(sessions, key, NOW));
	ck_assert_ptr_nonnull(sessions_find(sessions, other, NOW));
	ck_assert(sessions_are_secure(sessions));
	sessions_free(sessions);
	sessions_free(NULL);
}
END_TEST

START_TEST(it_lasts_so_long)
{
	struct sessions *sessions = sessions_new(false);
	char key[SESSION_KEY_SIZE];

	sessions_begin(sessions, "joe", GRANT_READ, NOW, key);
	ck_assert_ptr_nonnull(sessions_find(sessions, key,
	    NOW + SESSION_LASTS_MS - 1));
	ck_assert_ptr_null(sessions_find(sessions, key,
	    NOW + SESSION_LASTS_MS));
	sessions_free(sessions);
}
END_TEST

START_TEST(of_too_many_the_oldest_ends)
{
	struct sessions *sessions = sessions_new(false);
	char first[SESSION_KEY_SIZE];
	char second[SESSION_KEY_SIZE];
	char key[SESSION_KEY_SIZE];

	sessions_begin(sessions, "first", GRANT_READ, NOW, first);
	sessions_begin(sessions, "second", GRANT_READ, NOW + 1, second);
	for (int i = 2; i <= SESSIONS_MAX; i++)
		sessions_begin(sessions, "more", GRANT_READ, NOW + i, key);
	ck_assert_ptr_null(sessions_find(sessions, first, NOW + 1000));
	ck_assert_ptr_nonnull(sessions_find(sessions, second, NOW + 1000));
	sessions_free(sessions);
}
END_TEST

UNIT("admin/login_sessions", it_begins_and_ends, it_lasts_so_long,
    of_too_many_the_oldest_ends)
