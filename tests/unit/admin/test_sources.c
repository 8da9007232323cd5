/*
 * test_sources.c -- who gave wrong credentials too often.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/sources.h"
#include "unit.h"

#include <stdio.h>

enum { NOW = 1000000 };

static const struct {
	const char *what, *address, *source;
} names[] = {
	{ "an IPv4 address is itself", "192.0.2.1", "192.0.2.1" },
	{ "of IPv6 the network of 64 bits", "2001:db8:1:2:3::4",
	    "2001:db8:1:2::/64" },
	{ "mapped is IPv4", "::ffff:192.0.2.1", "192.0.2.1" },
	{ "all Unix sockets are one", "unix", "unix" },
};

START_TEST(names_what_shares_a_fate)
{
	char source[ADDR_TEXT_SIZE];

	for (size_t i = 0; i < ROWS(names); i++)
		ck_assert_msg(strcmp(sources_name(names[i].address, source),
		    names[i].source) == 0, "%s: %s", names[i].what, source);
}
END_TEST

START_TEST(some_are_free_then_it_waits)
{
	struct sources *sources = sources_new();

	for (int i = 0; i < SOURCES_BURST; i++) {
		ck_assert_int_eq(sources_wait_ms(sources, "a", NOW), 0);
		sources_failed(sources, "a", NOW);
	}
	ck_assert_int_eq(sources_wait_ms(sources, "a", NOW),
	    SOURCES_EVERY_MS);
	ck_assert_int_eq(sources_wait_ms(sources, "b", NOW), 0);
	/* One more for each that is forgotten. */
	ck_assert_int_eq(sources_wait_ms(sources, "a",
	    NOW + SOURCES_EVERY_MS), 0);
	sources_failed(sources, "a", NOW + SOURCES_EVERY_MS);
	ck_assert_int_gt(sources_wait_ms(sources, "a",
	    NOW + SOURCES_EVERY_MS), 0);
	/* After a while it is as if there had been nothing. */
	for (int i = 0; i < SOURCES_BURST - 1; i++)
		sources_failed(sources, "a", 2 * NOW);
	ck_assert_int_eq(sources_wait_ms(sources, "a", 2 * NOW), 0);
	sources_free(sources);
}
END_TEST

/* Whoever has many addresses does not wash himself clean with them. */
START_TEST(the_worst_are_remembered)
{
	struct sources *sources = sources_new();
	char name[32];

	for (int i = 0; i <= SOURCES_BURST; i++)
		sources_failed(sources, "worst", NOW);
	for (int i = 0; i < 3 * SOURCES_MAX; i++) {
		snprintf(name, sizeof(name), "%d", i);
		sources_failed(sources, name, NOW);
	}
	ck_assert_int_gt(sources_wait_ms(sources, "worst", NOW), 0);
	sources_free(sources);
	sources_free(NULL);
}
END_TEST

UNIT("admin/sources", names_what_shares_a_fate, some_are_free_then_it_waits,
    the_worst_are_remembered)
