/*
 * test_netset.c -- a set of networks: is an address in any of them?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/netset.h"
#include "base/private_networks.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct addr
addr_of(const char *text)
{
	struct addr addr;

	ck_assert_msg(addr_parse(text, &addr) == 0, "%s", text);
	return addr;
}

static bool
has(const struct netset *set, const char *text)
{
	struct addr addr = addr_of(text);

	return netset_has(set, &addr);
}

START_TEST(nested_and_next_to_each_other)
{
	static const char *const networks[] = { "10.1.0.0/16", "10.0.0.0/8",
		"10.1.2.3", "192.0.2.0/25", "192.0.2.128/25", "192.0.2.7",
		"2001:db8::/32", "2001:db8:1::/48", "192.0.2.0/25" };
	struct netset *set = netset_new();

	for (size_t i = 0; i < ROWS(networks); i++) {
		struct addr network = addr_of(networks[i]);

		netset_add(set, &network);
	}
	netset_seal(set);
	ck_assert_uint_eq(netset_count(set), 4);
	ck_assert(has(set, "10.255.255.255"));
	ck_assert(has(set, "10.1.2.4"));
	ck_assert(has(set, "192.0.2.127"));
	ck_assert(has(set, "192.0.2.128"));
	ck_assert(has(set, "2001:db8:1::5"));
	ck_assert(!has(set, "9.255.255.255"));
	ck_assert(!has(set, "11.0.0.0"));
	ck_assert(!has(set, "192.0.3.0"));
	ck_assert(!has(set, "2001:db9::"));
	ck_assert(!has(set, "a00::"));
	netset_free(set);
}
END_TEST

START_TEST(empty_and_all)
{
	struct netset *set = netset_new();
	struct addr all = addr_of("0.0.0.0/0");

	netset_seal(set);
	ck_assert(!has(set, "192.0.2.1"));
	netset_add(set, &all);
	netset_seal(set);
	ck_assert(has(set, "0.0.0.0"));
	ck_assert(has(set, "255.255.255.255"));
	ck_assert(!has(set, "::1"));
	netset_free(set);
	netset_free(NULL);
}
END_TEST

/* The set answers as a walk over all networks would. */
START_TEST(random_networks)
{
	enum { NETWORKS = 300, ADDRESSES = 20000 };
	struct addr networks[NETWORKS];
	struct netset *set = netset_new();
	unsigned inside = 0;

	srand(4646);
	for (int i = 0; i < NETWORKS; i++) {
		char text[64];

		snprintf(text, sizeof(text), "%d.%d.%d.%d/%d", rand() % 4,
		    rand() % 256, rand() % 256, rand() % 256,
		    10 + rand() % 23);
		networks[i] = addr_of(text);
		netset_add(set, &networks[i]);
	}
	netset_seal(set);
	for (int i = 0; i < ADDRESSES; i++) {
		char text[64];
		struct addr addr;
		bool is_in = false;

		snprintf(text, sizeof(text), "%d.%d.%d.%d", rand() % 5,
		    rand() % 256, rand() % 256, rand() % 256);
		addr = addr_of(text);
		for (int j = 0; j < NETWORKS; j++)
			is_in |= addr_within(&addr, &networks[j]);
		ck_assert_msg(netset_has(set, &addr) == is_in, "%s", text);
		inside += is_in;
	}
	/* Both answers were among them. */
	ck_assert_uint_gt(inside, 100);
	ck_assert_uint_lt(inside, ADDRESSES - 100);
	netset_free(set);
}
END_TEST

static const struct {
	const char *addr;
	bool is_private;
} privates[] = {
	{ "0.0.0.0", true }, { "127.0.0.1", true }, { "127.255.0.1", true },
	{ "10.0.0.0", true }, { "172.16.0.0", true },
	{ "172.31.255.255", true }, { "192.168.1.1", true },
	{ "169.254.1.1", true }, { "100.64.0.1", true },
	{ "100.127.255.255", true }, { "::", true }, { "::1", true },
	{ "fc00::1", true }, { "fdff::1", true }, { "fe80::1", true },
	{ "febf::1", true }, { "::ffff:10.0.0.1", true },
	{ "1.0.0.0", false }, { "9.255.255.255", false },
	{ "11.0.0.0", false }, { "172.15.255.255", false },
	{ "172.32.0.0", false }, { "192.167.0.1", false },
	{ "192.169.0.1", false }, { "100.63.255.255", false },
	{ "100.128.0.0", false }, { "126.0.0.1", false },
	{ "128.0.0.1", false }, { "::2", false }, { "fe00::1", false },
	{ "fec0::1", false }, { "2001:db8::1", false },
};

START_TEST(private_networks)
{
	struct netset *set = netset_new();

	private_networks_add(set);
	netset_seal(set);
	for (size_t i = 0; i < ROWS(privates); i++)
		ck_assert_msg(has(set, privates[i].addr) ==
			privates[i].is_private,
		    "%s", privates[i].addr);
	netset_free(set);
}
END_TEST

/* Load a file with this text; error as netset_load gives it, less the path. */
static int
load(struct netset *set, const char *text, char error[256])
{
	char path[] = "/tmp/policyd-test-XXXXXX";
	char message[256] = "";
	int result;

	unit_write(path, text);
	result = netset_load(set, path, message, sizeof(message));
	unlink(path);
	if (result != 0)
		ck_assert_int_eq(strncmp(message, path, strlen(path)), 0);
	snprintf(error, 256, "%s", result == 0 ? "" : message + strlen(path));
	return result;
}

START_TEST(files)
{
	struct netset *set = netset_new();
	char error[256];

	ck_assert_int_eq(load(set,
			     "# ours\n\n 192.0.2.0/24 # office\r\n"
			     "\t2001:db8::/32\n198.51.100.7",
			     error),
	    0);
	netset_seal(set);
	ck_assert_uint_eq(netset_count(set), 3);
	ck_assert(has(set, "192.0.2.200"));
	ck_assert(has(set, "2001:db8::1"));
	ck_assert(has(set, "198.51.100.7"));
	netset_free(set);

	set = netset_new();
	ck_assert_int_eq(load(set, "", error), 0);
	ck_assert_uint_eq(netset_count(set), 0);
	ck_assert_int_eq(load(set, "192.0.2.1\n\n192.0.2.0/33\n", error), -1);
	ck_assert_str_eq(error,
	    ":3: \"192.0.2.0/33\" is not a network; write 192.0.2.0/24 or "
	    "2001:db8::/32");
	ck_assert_int_eq(netset_load(set, "/nonexistent", error,
			     sizeof(error)),
	    -1);
	ck_assert_str_eq(error, "/nonexistent: No such file or directory");
	ck_assert_int_eq(netset_load(set, "/tmp", error, sizeof(error)), -1);
	ck_assert_str_eq(error, "/tmp: Is a directory");
	netset_free(set);
}
END_TEST

UNIT("base/netset", nested_and_next_to_each_other, empty_and_all,
    random_networks, private_networks, files)
