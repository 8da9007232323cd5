/*
 * test_client_subnet.c -- whose fate an address shares.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/client_subnet.h"
#include "unit.h"

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
		ck_assert_msg(strcmp(client_subnet(names[i].address, source),
		    names[i].source) == 0, "%s: %s", names[i].what, source);
}
END_TEST

UNIT("admin/client_subnet", names_what_shares_a_fate)
