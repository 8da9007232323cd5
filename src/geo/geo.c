/*
 * geo.c -- where an address is: country, autonomous system, coordinates.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "geo/geo.h"

#include "base/log.h"
#include "base/mem.h"
#include "geo/geoip_record.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* So many records are looked at to see what a file knows. */
enum { RECORDS_TRIED = 10000 };

struct file {
	bool is_open;
	MMDB_s mmdb;
	char *name;
	struct log_limit limit;
};

struct geo {
	struct file files[GEOIP_FILES];
};

static const struct {
	const char *key, *wanted;
} kinds[GEOIP_FILES] = {
	[GEOIP_COUNTRY] = { "geoip.country", "with countries" },
	[GEOIP_ASN] = { "geoip.asn", "with autonomous systems" },
	[GEOIP_CITY] = { "geoip.city", "with coordinates" },
};

const char *
geo_key(enum geoip_file kind)
{
	return kinds[kind].key;
}

struct geo_paths
geo_paths_of(const struct geoip_options *options)
{
	struct geo_paths paths;

	for (int i = 0; i < GEOIP_FILES; i++)
		paths.of[i] = options->files[i];
	return paths;
}

static void
to_sockaddr(const struct addr *addr, struct sockaddr_storage *storage)
{
	memset(storage, 0, sizeof(*storage));
	if (addr->bits == 32) {
		struct sockaddr_in *in = (void *)storage;

		in->sin_family = AF_INET;
		memcpy(&in->sin_addr, addr->bytes, 4);
	} else {
		struct sockaddr_in6 *in6 = (void *)storage;

		in6->sin6_family = AF_INET6;
		memcpy(&in6->sin6_addr, addr->bytes, 16);
	}
}

/* Read one record of a file for what it is asked for. */
static int
read_record(MMDB_entry_s *entry, enum geoip_file kind, struct place *place)
{
	int status;

	switch (kind) {
	case GEOIP_COUNTRY:
		return record_country(entry, place);
	case GEOIP_ASN:
		return record_asn(entry, place);
	case GEOIP_CITY:
		status = record_point(entry, place);
		if (status == MMDB_SUCCESS && place->country[0] == '\0')
			status = record_country(entry, place);
		return status;
	case GEOIP_FILES:
	default:
		return MMDB_SUCCESS;
	}
}

/* Read what one file says of addr. Returns MMDB_SUCCESS, also if it says
 * nothing. */
static int
read_file(const struct file *file, enum geoip_file kind,
    const struct addr *addr, struct place *place)
{
	struct sockaddr_storage storage;
	MMDB_lookup_result_s found;
	int status;

	/* An IPv6 address in an IPv4 file is an error to the library. */
	if (addr->bits == 128 && file->mmdb.metadata.ip_version == 4)
		return MMDB_SUCCESS;
	to_sockaddr(addr, &storage);
	found = MMDB_lookup_sockaddr(
	    &file->mmdb, (struct sockaddr *)&storage, &status);
	if (status != MMDB_SUCCESS || !found.found_entry)
		return status;
	return read_record(&found.entry, kind, place);
}

static bool
is_told(enum geoip_file kind, const struct place *place)
{
	return kind == GEOIP_COUNTRY ? place->country[0] != '\0' :
	    kind == GEOIP_ASN	     ? place->asn != 0 :
				       place->has_point;
}

/* What the first records say. */
struct sample {
	uint32_t records;
	bool is_damaged, is_told;	/* what the file is asked for */
};

static void
look_at_record(struct sample *sample, enum geoip_file kind, uint8_t type,
    MMDB_entry_s *entry)
{
	struct place place = { 0 };

	if (type == MMDB_RECORD_TYPE_INVALID)
		sample->is_damaged = true;
	if (type != MMDB_RECORD_TYPE_DATA)
		return;
	sample->records++;
	if (read_record(entry, kind, &place) != MMDB_SUCCESS)
		sample->is_damaged = true;
	else if (is_told(kind, &place))
		sample->is_told = true;
}

static struct sample
take_sample(const MMDB_s *mmdb, enum geoip_file kind)
{
	struct sample sample = { 0 };

	for (uint32_t i = 0; i < mmdb->metadata.node_count &&
	     sample.records < RECORDS_TRIED && !sample.is_damaged; i++) {
		MMDB_search_node_s node;

		if (MMDB_read_node(mmdb, i, &node) != MMDB_SUCCESS) {
			sample.is_damaged = true;
			break;
		}
		look_at_record(&sample, kind, node.left_record_type,
		    &node.left_record_entry);
		look_at_record(&sample, kind, node.right_record_type,
		    &node.right_record_entry);
	}
	return sample;
}

static void
close_file(struct file *file)
{
	if (file->is_open)
		MMDB_close(&file->mmdb);
	free(file->name);
	memset(file, 0, sizeof(*file));
}

static void
log_damaged(enum geoip_file kind, const char *name)
{
	log_error("%s: %s: the file is damaged; give an MMDB file %s",
	    kinds[kind].key, name, kinds[kind].wanted);
}

static int
open_file(struct file *file, enum geoip_file kind, const char *path,
    const char *name)
{
	struct place place = { 0 };
	struct addr probe;
	int status = MMDB_open(path, MMDB_MODE_MMAP, &file->mmdb);

	if (status != MMDB_SUCCESS) {
		log_error("%s: %s: %s; give an MMDB file %s", kinds[kind].key,
		    name, MMDB_strerror(status), kinds[kind].wanted);
		return -1;
	}
	file->is_open = true;
	file->name = mem_dup(name);
	/* A damaged tree shows at a look-up at the latest. */
	if (addr_parse("192.0.2.1", &probe) != 0 ||
	    read_file(file, kind, &probe, &place) != MMDB_SUCCESS) {
		log_damaged(kind, name);
		close_file(file);
		return -1;
	}
	return 0;
}

struct geo *
geo_open(const struct geo_paths *paths, const struct geo_paths *names)
{
	struct geo *geo = mem_new(1, sizeof(*geo));

	for (int i = 0; i < GEOIP_FILES; i++) {
		const char *path = paths->of[i];

		if (path != NULL && *path != '\0' &&
		    open_file(&geo->files[i], (enum geoip_file)i, path,
			names->of[i]) != 0) {
			geo_close(geo);
			return NULL;
		}
	}
	return geo;
}

void
geo_close(struct geo *geo)
{
	if (geo == NULL)
		return;
	for (int i = 0; i < GEOIP_FILES; i++)
		close_file(&geo->files[i]);
	free(geo);
}

char *
geo_try(enum geoip_file kind, const char *path, const char *name)
{
	struct file file = { 0 };
	struct sample sample;
	char *type = NULL;

	if (open_file(&file, kind, path, name) != 0)
		return NULL;
	sample = take_sample(&file.mmdb, kind);
	if (sample.is_damaged) {
		log_damaged(kind, name);
	} else {
		type = mem_dup(file.mmdb.metadata.database_type);
		if (!sample.is_told)
			log_warning("%s: %s (%s) is no file %s, so it seems",
			    kinds[kind].key, name, type, kinds[kind].wanted);
	}
	close_file(&file);
	return type;
}

void
geo_locate(struct geo *geo, const struct addr *addr, struct place *place)
{
	memset(place, 0, sizeof(*place));
	for (int i = 0; i < GEOIP_FILES; i++) {
		struct file *file = &geo->files[i];
		int status = file->is_open ?
		    read_file(file, (enum geoip_file)i, addr, place) :
		    MMDB_SUCCESS;

		if (status != MMDB_SUCCESS)
			log_limited(&file->limit, LOG_LEVEL_ERROR,
			    "%s: %s: %s; what it says of this address is "
			    "unknown", kinds[i].key, file->name,
			    MMDB_strerror(status));
	}
}

bool
geo_has_countries(const struct geo *geo)
{
	return geo->files[GEOIP_COUNTRY].is_open ||
	    geo->files[GEOIP_CITY].is_open;
}

int64_t
geo_file_built_s(const struct geo *geo, enum geoip_file kind)
{
	const struct file *file = &geo->files[kind];

	return file->is_open ? (int64_t)file->mmdb.metadata.build_epoch : 0;
}

int64_t
geo_built_s(const struct geo *geo)
{
	int64_t oldest = 0;

	for (int i = 0; i < GEOIP_FILES; i++) {
		int64_t built = geo_file_built_s(geo, (enum geoip_file)i);

		if (built != 0 && (oldest == 0 || built < oldest))
			oldest = built;
	}
	return oldest;
}
