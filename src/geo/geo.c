/*
 * geo.c -- which country an address is in.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "geo/geo.h"

#include "base/log.h"
#include "base/mem.h"

#include <ctype.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

struct geo {
	MMDB_s file;
	char *name;
	struct log_limit limit;
};

/* Where a country stands in a record, the best first. */
static const char *const paths[][3] = {
	{ "country", "iso_code", NULL },		/* MaxMind */
	{ "registered_country", "iso_code", NULL },
	{ "country_code", NULL, NULL },			/* ip-location-db */
};

struct geo *
geo_open(const char *path, const char *name)
{
	struct geo *geo = mem_new(1, sizeof(*geo));
	struct addr probe;
	char country[3];
	int status = MMDB_open(path, MMDB_MODE_MMAP, &geo->file);

	if (status != MMDB_SUCCESS) {
		log_error("geoip: %s: %s; give an MMDB file with countries",
		    name, MMDB_strerror(status));
		free(geo);
		return NULL;
	}
	geo->name = mem_dup(name);
	/* A damaged tree shows at a look-up at the latest. */
	if (addr_parse("192.0.2.1", &probe) != 0 ||
	    geo_country(geo, &probe, country) == LOOKUP_FAILED) {
		log_error("geoip: %s: the file is damaged", name);
		geo_close(geo);
		return NULL;
	}
	return geo;
}

void
geo_close(struct geo *geo)
{
	if (geo == NULL)
		return;
	MMDB_close(&geo->file);
	free(geo->name);
	free(geo);
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

/* Is the value two letters? Then write them in upper case. */
static bool
take_code(const MMDB_entry_data_s *data, char country[3])
{
	if (!data->has_data || data->type != MMDB_DATA_TYPE_UTF8_STRING ||
	    data->data_size != 2 ||
	    !isalpha((unsigned char)data->utf8_string[0]) ||
	    !isalpha((unsigned char)data->utf8_string[1]))
		return false;
	country[0] = (char)toupper((unsigned char)data->utf8_string[0]);
	country[1] = (char)toupper((unsigned char)data->utf8_string[1]);
	country[2] = '\0';
	return true;
}

static enum lookup
damaged(struct geo *geo, int status)
{
	log_limited(&geo->limit, LOG_LEVEL_ERROR,
	    "geoip: %s: %s; this address counts without a country",
	    geo->name, MMDB_strerror(status));
	return LOOKUP_FAILED;
}

enum lookup
geo_country(struct geo *geo, const struct addr *addr, char country[3])
{
	struct sockaddr_storage storage;
	MMDB_lookup_result_s found;
	int status;

	country[0] = '\0';
	/* An IPv6 address in an IPv4 file is an error to the library. */
	if (addr->bits == 128 && geo->file.metadata.ip_version == 4)
		return LOOKUP_NONE;
	to_sockaddr(addr, &storage);
	found = MMDB_lookup_sockaddr(&geo->file, (struct sockaddr *)&storage,
	    &status);
	if (status != MMDB_SUCCESS)
		return damaged(geo, status);
	if (!found.found_entry)
		return LOOKUP_NONE;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		MMDB_entry_data_s data;

		status = MMDB_aget_value(&found.entry, &data, paths[i]);
		if (status == MMDB_SUCCESS && take_code(&data, country))
			return LOOKUP_FOUND;
		if (status != MMDB_SUCCESS &&
		    status != MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR)
			return damaged(geo, status);
	}
	return LOOKUP_NONE;
}

const char *
geo_type(const struct geo *geo)
{
	return geo->file.metadata.database_type;
}

int64_t
geo_built_s(const struct geo *geo)
{
	return (int64_t)geo->file.metadata.build_epoch;
}
