/*
 * test_providers.c -- which addresses are a provider's.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/providers.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

START_TEST(numbers)
{
	static const struct {
		const char *text;
		int64_t asn;	/* -1: it is none */
	} rows[] = { { "AS64500", 64500 }, { "as1", 1 }, { "64500", 64500 },
		{ "AS4294967295", 4294967295 }, { "AS4294967296", -1 },
		{ "AS0", -1 }, { "AS", -1 }, { "", -1 }, { "AS 1", -1 },
		{ "ASAS1", -1 }, { "-1", -1 }, { "AS1x", -1 } };

	for (size_t i = 0; i < ROWS(rows); i++) {
		uint32_t asn = 7;
		int result = providers_read_asn(rows[i].text, &asn);

		ck_assert_msg(result == (rows[i].asn < 0 ? -1 : 0), "%s",
		    rows[i].text);
		ck_assert_uint_eq(asn, rows[i].asn < 0 ? 7 :
		    (uint32_t)rows[i].asn);
	}
}
END_TEST

static bool
has(const struct providers *providers, const char *address, uint32_t asn)
{
	struct addr addr;

	ck_assert_int_eq(addr_parse(address, &addr), 0);
	return providers_has(providers, &addr, asn);
}

/* Load a file with this text; error as it is given, less the path. */
static int
load(struct providers *providers, const char *text, char error[256])
{
	char path[] = "/tmp/policyd-test-XXXXXX";
	char message[256] = "";
	int result;

	unit_write(path, text);
	result = providers_load(providers, path, message, sizeof(message));
	unlink(path);
	snprintf(error, 256, "%s", result == 0 ? "" : message + strlen(path));
	return result;
}

START_TEST(networks_and_systems)
{
	struct providers *providers = providers_new();
	struct addr network;
	char error[256];

	ck_assert_int_eq(load(providers, "# ours\nAS64500\t# mail\n\n"
	    "192.0.2.0/24\n as64499\n2001:db8::/32", error), 0);
	ck_assert_int_eq(addr_parse("198.51.100.0/25", &network), 0);
	providers_add_network(providers, &network);
	providers_add_asn(providers, 4200000000);
	providers_seal(providers);
	ck_assert(has(providers, "203.0.113.1", 64500));
	ck_assert(has(providers, "203.0.113.1", 64499));
	ck_assert(has(providers, "203.0.113.1", 4200000000));
	ck_assert(!has(providers, "203.0.113.1", 64501));
	ck_assert(!has(providers, "203.0.113.1", 0));
	ck_assert(has(providers, "192.0.2.200", 0));
	ck_assert(has(providers, "192.0.2.200", 1));
	ck_assert(has(providers, "2001:db8::1", 0));
	ck_assert(has(providers, "198.51.100.127", 0));
	ck_assert(!has(providers, "198.51.100.128", 0));
	providers_free(providers);
}
END_TEST

START_TEST(none)
{
	struct providers *providers = providers_new();

	providers_seal(providers);
	ck_assert(!has(providers, "192.0.2.1", 1));
	ck_assert(!has(providers, "::1", 0));
	providers_free(providers);
	providers_free(NULL);
}
END_TEST

START_TEST(what_is_wrong_is_said_with_its_line)
{
	static const char *const wrong[] = { "192.0.2.0/33", "64500", "AS",
		"AS64500 AS64501", "example.com" };

	for (size_t i = 0; i < ROWS(wrong); i++) {
		struct providers *providers = providers_new();
		char text[80], error[256], wanted[256];

		snprintf(text, sizeof(text), "AS1\n# x\n%s # y\n", wrong[i]);
		snprintf(wanted, sizeof(wanted), ":3: \"%s\" is neither a "
		    "network nor an AS number; write 192.0.2.0/24, "
		    "2001:db8::/32 or AS64500", wrong[i]);
		ck_assert_int_eq(load(providers, text, error), -1);
		ck_assert_str_eq(error, wanted);
		providers_free(providers);
	}
}
END_TEST

/* As editors of other systems write it; nothing is passed over unseen. */
START_TEST(strange_files)
{
	struct providers *providers = providers_new();
	char path[] = "/tmp/policyd-providers.XXXXXX";
	char error[256];
	int fd = mkstemp(path);

	ck_assert_int_eq(load(providers, "\xef\xbb\xbf" "AS1\r\n\r\nAS2 \r\n",
	    error), 0);
	providers_seal(providers);
	ck_assert(has(providers, "192.0.2.1", 1));
	ck_assert(has(providers, "192.0.2.1", 2));
	ck_assert_int_eq(load(providers, "AS3\rAS4\r", error), -1);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "AS5\nAS6\0AS7\n", 13), 13);
	close(fd);
	ck_assert_int_eq(providers_load(providers, path, error,
	    sizeof(error)), -1);
	unlink(path);
	ck_assert_ptr_nonnull(strstr(error, ":2: \"AS6\" has a NUL byte"));
	providers_free(providers);
}
END_TEST

/* The file that is shipped can be read, and has Google and Microsoft. */
START_TEST(the_shipped_file)
{
	struct providers *providers = providers_new();
	char error[256] = "";

	ck_assert_msg(providers_load(providers, "etc/providers.txt", error,
	    sizeof(error)) == 0, "%s", error);
	providers_seal(providers);
	ck_assert(has(providers, "209.85.220.41", 0));
	ck_assert(has(providers, "40.92.1.1", 0));
	ck_assert(!has(providers, "192.0.2.1", 0));
	providers_free(providers);
}
END_TEST

UNIT("config/providers", numbers, networks_and_systems, none, strange_files,
    what_is_wrong_is_said_with_its_line, the_shipped_file)
