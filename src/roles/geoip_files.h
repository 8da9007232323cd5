/*
 * geoip_files.h -- the GeoIP files that a generation lives on.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The master copies them for a load and sees that they can be used; the
 * housekeeper looks for newer ones. One that is broken is never taken: the
 * copy that is served stays. One that is missing at start keeps nobody from
 * being served: without it less is known of an address, and it is taken when
 * it comes.
 */
#ifndef ROLES_GEOIP_FILES_H
#define ROLES_GEOIP_FILES_H

#include "config/config.h"
#include "geo/geo.h"
#include "server/process_seat.h"

/*
 * Fill in the copies of a load whose configuration is set. current is the
 * load that is served, NULL at start. Return 0, or -1 after logging why.
 */
int geoip_files_take(struct load *, const struct load *current);
void geoip_files_drop(struct load *);

/* Can all files be used? 0, or -1 after logging which cannot, and why. */
int geoip_files_try(const struct config *);

/* Where the copies of a load can be opened. */
struct geo_paths geoip_files_paths(const struct load *);

/* What the housekeeper remembers of them. */
struct geoip_watch {
	const struct load *load;
	struct snapshot refused[GEOIP_FILES];
	int64_t look_ms, complain_ms;	/* monotonic: when it is due */
};

void geoip_watch_start(struct geoip_watch *, const struct load *);
void geoip_watch_stop(struct geoip_watch *);

/*
 * When it is due, look for newer files; true: there is a good one, and a load
 * should be made anew. One that is broken is logged once, one that is
 * missing every hour.
 */
bool geoip_watch_look(struct geoip_watch *);

#endif
