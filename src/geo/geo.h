/*
 * geo.h -- where an address is: country, autonomous system, coordinates.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads MMDB files (MaxMind DB file format 2.0) of these layouts: GeoLite2 and
 * GeoIP2 Country, City and ASN, the flat ones of ip-location-db, IPinfo Lite
 * and IPinfo's older ones. The files are mapped, so they must never be changed
 * in place: open copies (server/file_snapshot.h). One handle per process.
 */
#ifndef GEO_GEO_H
#define GEO_GEO_H

#include "base/addr.h"
#include "config/geoip_options.h"

#include <stdbool.h>
#include <stdint.h>

struct geo;

/* Where the files are, by what they are asked for; NULL or "": none. */
struct geo_paths {
	const char *of[GEOIP_FILES];
};

/* The files as they are configured. */
struct geo_paths geo_paths_of(const struct geoip_options *);

enum { AS_NAME_SIZE = 64 };

struct place {
	char country[3];	/* ISO 3166-1 alpha-2; "": unknown */
	uint32_t asn;		/* autonomous system; 0: unknown */
	char as_name[AS_NAME_SIZE];	/* one line of UTF-8, cut; "": unknown */
	bool has_point;
	double latitude, longitude;	/* degrees, if has_point */
	uint32_t radius_km;	/* accuracy of the point; 0: unknown */
};

/*
 * Open the files and try each; `names` is what messages call them. On failure
 * log why and return NULL. Without any file it knows nothing of any address.
 */
struct geo *geo_open(const struct geo_paths *, const struct geo_paths *names);
void geo_close(struct geo *);

/* Can the file at path be used for this? If so return its own type, to be
 * freed, else log why and return NULL. That it seems to be a file of other
 * things is a warning. */
char *geo_try(enum geoip_file, const char *path, const char *name);

/*
 * What the files know of addr; what they do not is empty. Of the country
 * geoip.country is asked first, then geoip.city. A damaged file is logged at
 * most once a minute. Allocates nothing.
 */
void geo_locate(struct geo *, const struct addr *addr, struct place *);

/* Is there a file that knows countries? */
bool geo_has_countries(const struct geo *);

/* When the oldest of the files was made, seconds since the epoch; 0: there is
 * none. And the same of one of them. */
int64_t geo_built_s(const struct geo *);
int64_t geo_file_built_s(const struct geo *, enum geoip_file);

/* "geoip.country" and the like: the key of a file. */
const char *geo_key(enum geoip_file);

#endif
