/*
 * test_addr.c -- IP addresses and networks: parse, mask, match.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/addr.h"
#include "unit.h"

#include <arpa/inet.h>
#include <string.h>

static const struct {
	const char *text, *formatted;
	unsigned bits, prefix;
} good[] = {
	{ "192.0.2.1", "192.0.2.1", 32, 32 },
	{ "0.0.0.0", "0.0.0.0", 32, 32 },
	{ "255.255.255.255/32", "255.255.255.255", 32, 32 },
	{ "192.0.2.77/24", "192.0.2.0/24", 32, 24 },
	{ "192.0.2.255/25", "192.0.2.128/25", 32, 25 },
	{ "255.255.255.255/1", "128.0.0.0/1", 32, 1 },
	{ "10.1.2.3/0", "0.0.0.0/0", 32, 0 },
	{ "::", "::", 128, 128 },
	{ "[::1]", "::1", 128, 128 },
	{ "2001:DB8::1", "2001:db8::1", 128, 128 },
	{ "2001:db8:ffff::/33", "2001:db8:8000::/33", 128, 33 },
	{ "::/0", "::/0", 128, 0 },
	{ "::ffff:192.0.2.1", "192.0.2.1", 32, 32 },
	{ "::ffff:c000:201", "192.0.2.1", 32, 32 },
	{ "::ffff:192.0.2.1/120", "192.0.2.0/24", 32, 24 },
	{ "::ffff:0.0.0.0/96", "0.0.0.0/0", 32, 0 },
	/* Wider than the mapped addresses: that is an IPv6 network. */
	{ "::ffff:0:0/95", "::fffe:0:0/95", 128, 95 },
};

START_TEST(parses)
{
	for (size_t i = 0; i < ROWS(good); i++) {
		char text[ADDR_TEXT_SIZE];
		struct addr addr;
		struct addr again;

		ck_assert_msg(addr_parse(good[i].text, &addr) == 0, "%s",
		    good[i].text);
		ck_assert_str_eq(addr_format(&addr, text), good[i].formatted);
		ck_assert_uint_eq(addr.bits, good[i].bits);
		ck_assert_uint_eq(addr.prefix, good[i].prefix);
		ck_assert_int_eq(addr_parse(text, &again), 0);
		ck_assert(addr_equal(&addr, &again));
	}
}
END_TEST

/* Each byte is written as the library does it. */
START_TEST(writes_every_byte)
{
	for (unsigned i = 0; i < 256; i++) {
		struct addr addr = { .bits = 32, .prefix = 32 };
		char text[ADDR_TEXT_SIZE];
		char expected[ADDR_TEXT_SIZE];

		for (unsigned k = 0; k < 4; k++)
			addr.bytes[k] = (uint8_t)(i + 67 * k);
		ck_assert_ptr_nonnull(inet_ntop(AF_INET, addr.bytes, expected,
		    sizeof(expected)));
		ck_assert_str_eq(addr_format(&addr, text), expected);
	}
}
END_TEST

static const char *const bad[] = {
	"", " ", "1", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4x",
	"1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/+1", "1.2.3.4/ 8",
	"1.2.3.4/8x", "1.2.3.4/99999999999999999999", " 1.2.3.4", "1.2.3.4 ",
	"::/129", ":::", "g::", "[::1", "::1]", "[]", "[", "fe80::1%eth0",
	"localhost", "1.2.3.4/255.0.0.0", "/8",
	"1111:2222:3333:4444:5555:6666:7777:8888:9999",
	"0000000000000000000000000000000000000000000000000000000000000000001",
};

START_TEST(refuses)
{
	for (size_t i = 0; i < ROWS(bad); i++) {
		struct addr addr;

		ck_assert_msg(addr_parse(bad[i], &addr) == -1, "%s", bad[i]);
		ck_assert_msg(addr.bits == 0, "%s leaves an address", bad[i]);
	}
}
END_TEST

static const struct {
	const char *addr, *network;
	bool is_within;
} within[] = {
	{ "192.0.2.0", "192.0.2.0/24", true },
	{ "192.0.2.255", "192.0.2.0/24", true },
	{ "192.0.3.0", "192.0.2.0/24", false },
	{ "192.0.1.255", "192.0.2.0/24", false },
	{ "192.0.2.0/25", "192.0.2.0/24", true },
	{ "192.0.2.0/24", "192.0.2.0/24", true },
	{ "192.0.0.0/16", "192.0.2.0/24", false },
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.2", false },
	{ "1.2.3.4", "0.0.0.0/0", true },
	{ "1.2.3.4", "::/0", false },
	{ "::1", "0.0.0.0/0", false },
	{ "::ffff:10.0.0.1", "10.0.0.0/8", true },
	{ "2001:db8::1", "2001:db8::/32", true },
	{ "2001:db9::1", "2001:db8::/32", false },
	{ "2001:db8:7fff::", "2001:db8::/33", true },
	{ "2001:db8:8000::", "2001:db8::/33", false },
};

START_TEST(matches)
{
	for (size_t i = 0; i < ROWS(within); i++) {
		struct addr addr;
		struct addr network;

		ck_assert_int_eq(addr_parse(within[i].addr, &addr), 0);
		ck_assert_int_eq(addr_parse(within[i].network, &network), 0);
		ck_assert_msg(addr_within(&addr, &network) ==
			within[i].is_within,
		    "%s in %s", within[i].addr, within[i].network);
	}
}
END_TEST

static const struct {
	const char *addr;
	unsigned ipv4_prefix, ipv6_prefix;
	const char *network;
} masks[] = {
	{ "192.0.2.77", 24, 64, "192.0.2.0/24" },
	{ "192.0.2.77", 32, 64, "192.0.2.77" },
	{ "192.0.2.77", 0, 64, "0.0.0.0/0" },
	{ "2001:db8:1:2:3:4:5:6", 24, 64, "2001:db8:1:2::/64" },
	{ "2001:db8:1:2:3:4:5:6", 24, 56, "2001:db8:1::/56" },
	{ "2001:db8:1:2:3:4:5:6", 24, 128, "2001:db8:1:2:3:4:5:6" },
	/* A network is never made narrower. */
	{ "192.0.0.0/16", 24, 64, "192.0.0.0/16" },
};

START_TEST(masked)
{
	for (size_t i = 0; i < ROWS(masks); i++) {
		char text[ADDR_TEXT_SIZE];
		struct addr addr;

		ck_assert_int_eq(addr_parse(masks[i].addr, &addr), 0);
		addr = addr_mask(&addr, masks[i].ipv4_prefix,
		    masks[i].ipv6_prefix);
		ck_assert_str_eq(addr_format(&addr, text), masks[i].network);
	}
}
END_TEST

START_TEST(order)
{
	/* Each sorts before the next. */
	static const char *const sorted[] = { "0.0.0.0/0", "0.0.0.0/8",
		"0.0.0.0", "10.0.0.0/8", "10.0.0.0/9", "10.0.0.1",
		"255.255.255.255", "::/0", "::", "2001:db8::/32",
		"2001:db8::/33", "ffff::" };

	for (size_t i = 0; i < ROWS(sorted); i++)
		for (size_t j = 0; j < ROWS(sorted); j++) {
			struct addr a;
			struct addr b;
			int found;

			ck_assert_int_eq(addr_parse(sorted[i], &a), 0);
			ck_assert_int_eq(addr_parse(sorted[j], &b), 0);
			found = addr_compare(&a, &b);
			ck_assert_int_eq((found > 0) - (found < 0),
			    (i > j) - (i < j));
			ck_assert_int_eq(addr_equal(&a, &b), i == j);
		}
}
END_TEST

START_TEST(longest_text_and_none)
{
	char text[ADDR_TEXT_SIZE];
	struct addr none = { .bits = 0 };
	struct addr addr;

	ck_assert_str_eq(addr_format(&none, text), "");
	ck_assert_int_eq(addr_parse("ffff:ffff:ffff:ffff:ffff:ffff:"
				    "255.255.255.255/127",
			     &addr),
	    0);
	ck_assert_str_eq(addr_format(&addr, text),
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127");
}
END_TEST

UNIT("base/addr", parses, writes_every_byte, refuses, matches, masked,
    order, longest_text_and_none)
