/*
 * client_subnet.c -- whose fate an address shares. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/client_subnet.h"

#include <stdio.h>

const char *
client_subnet(const char *address, char source[ADDR_TEXT_SIZE])
{
	struct addr addr;

	if (addr_parse(address, &addr) != 0) {
		snprintf(source, ADDR_TEXT_SIZE, "unix");
		return source;
	}
	addr = addr_mask(&addr, 32, 64);
	return addr_format(&addr, source);
}
