/*
 * addr.h -- IP addresses and networks: parse, mask, match.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * IPv4 and IPv6 in one struct. An IPv4-mapped IPv6 address (RFC 4291,
 * 2.5.5.2: ::ffff:192.0.2.1) is taken for the IPv4 address it stands for.
 */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ADDR_TEXT_SIZE = 50 };	/* longest text with prefix, NUL included */

struct addr {
	uint8_t bytes[16];	/* network byte order; IPv4 in the first four */
	uint8_t bits;		/* 32 or 128: the family; 0: no address */
	uint8_t prefix;		/* leading bits that count; = bits for a host */
};

/*
 * Read "192.0.2.1", "2001:db8::/32", "[::1]"; no host names, no zone. Bits
 * behind a prefix are cleared. Return 0, or -1 if it is no address.
 */
int addr_parse(const char *, struct addr *);

/* Clear what is behind the prefix that goes with the family. */
struct addr addr_mask(const struct addr *, unsigned ipv4_prefix,
    unsigned ipv6_prefix);

/* Is addr, a host or a network, wholly within network? */
bool addr_within(const struct addr *addr, const struct addr *network);

/* Same family, prefix and bytes. */
bool addr_equal(const struct addr *, const struct addr *);

/* Order by family, then bytes, then prefix: for qsort(3). */
int addr_compare(const void *, const void *);

/* Write it; "/prefix" is added unless it is a host. Return text. */
const char *addr_format(const struct addr *, char text[ADDR_TEXT_SIZE]);

#endif
