/*
 * caller_address.h -- where an HTTP request comes from.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_CALLER_ADDRESS_H
#define ADMIN_CALLER_ADDRESS_H

#include "admin/exchange.h"

struct MHD_Connection;

/* Write the address of who is connected, or "unix". */
void caller_origin(struct MHD_Connection *, char origin[ORIGIN_SIZE]);

/* Set origin, and a guid by which the request is known. */
void caller_locate(struct exchange *);

/* Nobody has to say who he is; but of a Unix socket's client the kernel tells
 * the user: set who to that. */
void caller_name(struct exchange *);

#endif
