/*
 * geo.h -- which country an address is in.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads MMDB files (MaxMind DB file format 2.0): MaxMind's Country and City
 * databases and the flat layout of ip-location-db. The file is mapped, so it
 * must never be changed in place: open a copy (server/snapshot.h).
 */
#ifndef GEO_GEO_H
#define GEO_GEO_H

#include "base/addr.h"

#include <stdint.h>

struct geo;

enum lookup { LOOKUP_FOUND, LOOKUP_NONE, LOOKUP_FAILED };

/*
 * Open the file at path and try it; name is what messages call it. On failure
 * log why and return NULL.
 */
struct geo *geo_open(const char *path, const char *name);
void geo_close(struct geo *);

/*
 * Write the ISO 3166-1 alpha-2 code of addr, or "", to country. LOOKUP_FAILED:
 * the file is damaged (logged at most once a minute).
 */
enum lookup geo_country(struct geo *, const struct addr *addr,
    char country[3]);

/* The database's own type and build time, seconds since the epoch. */
const char *geo_type(const struct geo *);
int64_t geo_built_s(const struct geo *);

#endif
