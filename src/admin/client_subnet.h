/*
 * client_subnet.h -- whose fate an address shares. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What may be had too often is counted by source: an IPv4 address, the /64 of
 * an IPv6 address, or all that comes by Unix sockets.
 */
#ifndef ADMIN_CLIENT_SUBNET_H
#define ADMIN_CLIENT_SUBNET_H

#include "base/addr.h"

/* The source of an address in text, "unix" for what is none. */
const char *client_subnet(const char *address, char source[ADDR_TEXT_SIZE]);

#endif
