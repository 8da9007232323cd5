/*
 * place_name.h -- places, what is around them, and countries as numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pure. The place of an address is its autonomous system; where that is not
 * known its network, /16 (IPv6: /32).
 */
#ifndef STORE_PLACE_NAME_H
#define STORE_PLACE_NAME_H

#include "base/addr.h"

#include <stdint.h>

/* 0: there is none. */
uint64_t place_name(const struct addr *, uint32_t asn);

/* Its /16 (IPv6: /40), smaller than a system. */
uint64_t place_name_around(const struct addr *);

uint64_t place_name_country(const char *code);

/* "AS64496", "192.0.0.0/16", "DE". Returns text. */
enum { PLACE_NAME_SIZE = ADDR_TEXT_SIZE };
const char *place_name_text(uint64_t name, char text[PLACE_NAME_SIZE]);

/* The autonomous system of a place; 0: it is a network. */
uint32_t place_name_asn(uint64_t name);

#endif
