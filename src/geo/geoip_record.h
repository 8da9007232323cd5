/*
 * geoip_record.h -- what one record of a GeoIP file says, in each known layout.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each fills in its part of the place, as far as the record has it, and
 * returns MMDB_SUCCESS; any other status means that the file is damaged.
 */
#ifndef GEO_GEOIP_RECORD_H
#define GEO_GEOIP_RECORD_H

#include "geo/geo.h"

#include <maxminddb.h>

int record_country(MMDB_entry_s *, struct place *);
int record_asn(MMDB_entry_s *, struct place *);
int record_point(MMDB_entry_s *, struct place *);

#endif
