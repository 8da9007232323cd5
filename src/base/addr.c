/*
 * addr.c -- IP addresses and networks: parse, mask, match.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/addr.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static void
clear_behind(struct addr *addr)
{
	for (unsigned i = 0; i < sizeof(addr->bytes); i++) {
		unsigned first = i * 8;

		if (first >= addr->prefix)
			addr->bytes[i] = 0;
		else if (addr->prefix - first < 8)
			addr->bytes[i] &=
			    (uint8_t)(0xff00u >> (addr->prefix - first));
	}
}

/* ::ffff:a.b.c.d/n with n >= 96 is a.b.c.d/(n-96). */
static void
unmap(struct addr *addr)
{
	if (addr->bits != 128 || addr->prefix < 96 ||
	    memcmp(addr->bytes, mapped, sizeof(mapped)) != 0)
		return;
	memmove(addr->bytes, addr->bytes + 12, 4);
	memset(addr->bytes + 4, 0, 12);
	addr->bits = 32;
	addr->prefix = (uint8_t)(addr->prefix - 96);
}

int
addr_parse(const char *string, struct addr *addr)
{
	char host[ADDR_TEXT_SIZE];
	const char *slash = strchr(string, '/');
	size_t length = slash != NULL ? (size_t)(slash - string) :
					strlen(string);
	int64_t prefix;

	memset(addr, 0, sizeof(*addr));
	if (length >= 2 && string[0] == '[' && string[length - 1] == ']') {
		string++;
		length -= 2;
	}
	if (length >= sizeof(host))
		return -1;
	memcpy(host, string, length);
	host[length] = '\0';
	if (inet_pton(AF_INET, host, addr->bytes) == 1)
		addr->bits = 32;
	else if (inet_pton(AF_INET6, host, addr->bytes) == 1)
		addr->bits = 128;
	else
		return -1;
	prefix = slash == NULL ? addr->bits :
				 text_parse_number(slash + 1, addr->bits);
	if (prefix < 0) {
		addr->bits = 0;
		return -1;
	}
	addr->prefix = (uint8_t)prefix;
	clear_behind(addr);
	unmap(addr);
	return 0;
}

struct addr
addr_mask(const struct addr *addr, unsigned ipv4_prefix, unsigned ipv6_prefix)
{
	struct addr network = *addr;
	unsigned prefix = addr->bits == 32 ? ipv4_prefix : ipv6_prefix;

	if (prefix < network.prefix)
		network.prefix = (uint8_t)prefix;
	clear_behind(&network);
	return network;
}

bool
addr_within(const struct addr *addr, const struct addr *network)
{
	struct addr masked;

	if (addr->bits != network->bits || addr->prefix < network->prefix)
		return false;
	masked = addr_mask(addr, network->prefix, network->prefix);
	return memcmp(masked.bytes, network->bytes, sizeof(masked.bytes)) == 0;
}

bool
addr_equal(const struct addr *a, const struct addr *b)
{
	return addr_compare(a, b) == 0;
}

int
addr_compare(const void *a, const void *b)
{
	const struct addr *x = a;
	const struct addr *y = b;
	int order;

	if (x->bits != y->bits)
		return x->bits < y->bits ? -1 : 1;
	order = memcmp(x->bytes, y->bytes, sizeof(x->bytes));
	if (order != 0)
		return order;
	return (x->prefix > y->prefix) - (x->prefix < y->prefix);
}

/* inet_ntop(3) does it by printf(3), and the row of an account has many. */
static size_t
put_ipv4(const uint8_t bytes[4], char *text)
{
	char *at = text;

	for (int i = 0; i < 4; i++) {
		if (bytes[i] >= 100)
			*at++ = (char)('0' + bytes[i] / 100);
		if (bytes[i] >= 10)
			*at++ = (char)('0' + bytes[i] / 10 % 10);
		*at++ = (char)('0' + bytes[i] % 10);
		*at++ = '.';
	}
	*--at = '\0';
	return (size_t)(at - text);
}

const char *
addr_format(const struct addr *addr, char text[ADDR_TEXT_SIZE])
{
	size_t length;

	text[0] = '\0';
	if (addr->bits == 0)
		return text;
	if (addr->bits == 32)
		length = put_ipv4(addr->bytes, text);
	else if (inet_ntop(AF_INET6, addr->bytes, text, ADDR_TEXT_SIZE) != NULL)
		length = strlen(text);
	else
		return text;
	if (addr->prefix != addr->bits)
		snprintf(text + length, ADDR_TEXT_SIZE - length, "/%u",
		    addr->prefix);
	return text;
}
