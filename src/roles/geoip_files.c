/*
 * geoip_files.c -- the GeoIP files that a generation lives on.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/geoip_files.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMPLAIN_MS = 3600 * 1000 };

static void
close_all(struct snapshot snapshots[GEOIP_FILES])
{
	for (int i = 0; i < GEOIP_FILES; i++)
		snapshot_close(&snapshots[i]);
}

static bool
is_missing(const char *path)
{
	return access(path, F_OK) != 0 && errno == ENOENT;
}

static void
log_missing(enum geoip_file kind, const char *path)
{
	log_error("%s: %s does not exist: %s; it is taken when it comes",
	    geo_key(kind), path, kind == GEOIP_COUNTRY
		? "networks are counted without their countries"
		: "what it would tell is unknown");
}

/* Copy one file and see that it can be used; one that is the same as an
 * earlier one is copied once. */
static int
take_one(const struct config *config, enum geoip_file kind,
    struct snapshot snapshots[GEOIP_FILES])
{
	const char *path = config->geoip.files[kind];
	struct snapshot *snapshot = &snapshots[kind];
	char *type;
	int result = -1;

	for (int i = 0; i < (int)kind && result != 0; i++)
		if (snapshots[i].fd >= 0 &&
		    strcmp(config->geoip.files[i], path) == 0)
			result = snapshot_share(snapshot, &snapshots[i]);
	if (result != 0 && snapshot_take(snapshot, path) != 0) {
		log_error("%s: name an MMDB file that is there, or leave it "
			  "empty", geo_key(kind));
		return -1;
	}
	type = geo_try(kind, snapshot->path, path);
	if (type == NULL) {
		snapshot_close(snapshot);
		return -1;
	}
	log_info("%s: %s (%s)", geo_key(kind), path, type);
	free(type);
	return 0;
}

/* A file that was good before and is not now: the old copy stays. One that
 * was missing before may be missing still. */
static int
take_or_keep(const struct config *config, const struct load *current,
    enum geoip_file kind, struct snapshot snapshots[GEOIP_FILES])
{
	const char *path = config->geoip.files[kind];
	const struct snapshot *old;

	if (*path == '\0')
		return 0;
	if (current != NULL &&
	    strcmp(path, current->config->geoip.files[kind]) != 0)
		return take_one(config, kind, snapshots);
	old = current != NULL ? &current->geoip[kind] : NULL;
	if ((old == NULL || old->fd < 0) && is_missing(path)) {
		log_missing(kind, path);
		return 0;
	}
	if (take_one(config, kind, snapshots) == 0)
		return 0;
	if (old == NULL)
		return -1;
	log_warning("%s: going on as it was before", geo_key(kind));
	return old->fd < 0 ? 0 : snapshot_share(&snapshots[kind], old);
}

int
geoip_files_take(struct load *load, const struct load *current)
{
	for (int i = 0; i < GEOIP_FILES; i++)
		load->geoip[i] = (struct snapshot){ .fd = -1 };
	for (int i = 0; i < GEOIP_FILES; i++)
		if (take_or_keep(load->config, current, (enum geoip_file)i,
			load->geoip) != 0) {
			geoip_files_drop(load);
			return -1;
		}
	return 0;
}

void
geoip_files_drop(struct load *load)
{
	close_all(load->geoip);
}

int
geoip_files_try(const struct config *config)
{
	struct snapshot snapshots[GEOIP_FILES];
	int result = 0;

	for (int i = 0; i < GEOIP_FILES; i++)
		snapshots[i] = (struct snapshot){ .fd = -1 };
	for (int i = 0; i < GEOIP_FILES; i++)
		if (config->geoip.files[i][0] != '\0' &&
		    take_one(config, (enum geoip_file)i, snapshots) != 0)
			result = -1;
	close_all(snapshots);
	return result;
}

struct geo_paths
geoip_files_paths(const struct load *load)
{
	struct geo_paths paths;

	for (int i = 0; i < GEOIP_FILES; i++)
		paths.of[i] =
		    load->geoip[i].fd >= 0 ? load->geoip[i].path : "";
	return paths;
}

/* --- newer files -------------------------------------------------------- */

void
geoip_watch_start(struct geoip_watch *watch, const struct load *load)
{
	int64_t now = clock_mono_ms();

	*watch = (struct geoip_watch){ .load = load };
	for (int i = 0; i < GEOIP_FILES; i++)
		watch->refused[i].fd = -1;
	/* Those that are served were looked at when they were loaded. */
	watch->look_ms = now + (int64_t)load->config->geoip.reload_s * 1000;
	watch->complain_ms = now + COMPLAIN_MS;
}

void
geoip_watch_stop(struct geoip_watch *watch)
{
	close_all(watch->refused);
}

/* Is there a newer one, and good? */
static bool
look_at(struct geoip_watch *watch, enum geoip_file kind)
{
	const char *path = watch->load->config->geoip.files[kind];
	struct snapshot *refused = &watch->refused[kind];
	struct snapshot snapshot;
	char *type;

	if (*path == '\0' ||
	    !snapshot_is_stale(&watch->load->geoip[kind], path) ||
	    (refused->fd >= 0 && !snapshot_is_stale(refused, path)) ||
	    snapshot_take(&snapshot, path) != 0)
		return false;
	snapshot_close(refused);
	type = geo_try(kind, snapshot.path, path);
	if (type == NULL) {
		log_warning("%s: going on as it was before", geo_key(kind));
		*refused = snapshot;
		return false;
	}
	free(type);
	snapshot_close(&snapshot);
	log_info("%s: %s is new: taking it", geo_key(kind), path);
	return true;
}

static void
complain(const struct geoip_watch *watch)
{
	for (int i = 0; i < GEOIP_FILES; i++) {
		const char *path = watch->load->config->geoip.files[i];

		if (*path != '\0' && watch->load->geoip[i].fd < 0)
			log_missing((enum geoip_file)i, path);
	}
}

bool
geoip_watch_look(struct geoip_watch *watch)
{
	int64_t now = clock_mono_ms();
	bool is_new = false;

	if (now >= watch->complain_ms) {
		watch->complain_ms = now + COMPLAIN_MS;
		complain(watch);
	}
	if (now < watch->look_ms)
		return false;
	watch->look_ms =
	    now + (int64_t)watch->load->config->geoip.reload_s * 1000;
	for (int i = 0; i < GEOIP_FILES; i++)
		is_new = look_at(watch, (enum geoip_file)i) || is_new;
	return is_new;
}
