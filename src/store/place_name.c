/*
 * place_name.c -- places, what is around them, and countries as numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/place_name.h"

#include <stdio.h>
#include <string.h>

/* The kind is in the two lowest bits. Of an IPv6 network the bytes are those
 * of a /40: that of a /32 ends with 0. */
enum kind { KIND_SYSTEM, KIND_IPV4, KIND_IPV6, KIND_COUNTRY };
enum { KIND_BITS = 2 };

static uint64_t
name_of(enum kind kind, uint64_t number)
{
	return number << KIND_BITS | kind;
}

/* So many leading bytes of an address, as those of a /40. */
static uint64_t
leading(const struct addr *addr, int bytes)
{
	uint64_t number = 0;

	for (int i = 0; i < 5; i++)
		number = number << 8 | (i < bytes ? addr->bytes[i] : 0);
	return number;
}

static uint64_t
network_name(const struct addr *addr, int ipv6_bytes)
{
	if (addr->bits == 0)
		return 0;
	if (addr->bits == 32)
		return name_of(KIND_IPV4,
		    (uint64_t)addr->bytes[0] << 8 | addr->bytes[1]);
	return name_of(KIND_IPV6, leading(addr, ipv6_bytes));
}

uint64_t
place_name(const struct addr *addr, uint32_t asn)
{
	return asn != 0 ? name_of(KIND_SYSTEM, asn) : network_name(addr, 4);
}

uint64_t
place_name_around(const struct addr *addr)
{
	return network_name(addr, 5);
}

uint64_t
place_name_country(const char *code)
{
	if (code[0] == '\0')
		return 0;
	return name_of(KIND_COUNTRY,
	    (uint64_t)(uint8_t)code[0] << 8 | (uint8_t)code[1]);
}

const char *
place_name_text(uint64_t name, char text[PLACE_NAME_SIZE])
{
	uint64_t number = name >> KIND_BITS;
	struct addr addr = { .bits = 32, .prefix = 16 };

	switch ((enum kind)(name & 3)) {
	case KIND_SYSTEM:
		snprintf(text, PLACE_NAME_SIZE, "AS%llu",
		    (unsigned long long)number);
		return text;
	case KIND_COUNTRY:
		snprintf(text, PLACE_NAME_SIZE, "%c%c", (int)(number >> 8),
		    (int)(number & 0xff));
		return text;
	case KIND_IPV6:
		addr.bits = 128;
		addr.prefix = number & 0xff ? 40 : 32;
		for (int i = 0; i < 5; i++)
			addr.bytes[i] = (uint8_t)(number >> (8 * (4 - i)));
		return addr_format(&addr, text);
	case KIND_IPV4:
	default:
		addr.bytes[0] = (uint8_t)(number >> 8);
		addr.bytes[1] = (uint8_t)number;
		return addr_format(&addr, text);
	}
}

uint32_t
place_name_asn(uint64_t name)
{
	return (name & 3) == KIND_SYSTEM ? (uint32_t)(name >> KIND_BITS) : 0;
}
