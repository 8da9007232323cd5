/*
 * schema.c -- the SQL files of store/schema/, built into the program.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/schema.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int
schema_version(const char *store)
{
	int version = 0;

	for (const struct schema_file *f = schema_files; f->store != NULL; f++)
		if (strcmp(f->store, store) == 0 && f->number > version)
			version = f->number;
	return version;
}

int
schema_floor(const char *store, int from)
{
	int oldest = 0;

	for (const struct schema_file *f = schema_files; f->store != NULL; f++)
		if (strcmp(f->store, store) == 0 && f->number > from &&
		    f->compatible_from > oldest)
			oldest = f->compatible_from;
	return oldest;
}

const char *
schema_digest(const char *store, char digest[SCHEMA_DIGEST_SIZE])
{
	/* FNV-1a (draft-eastlake-fnv), 64 bits. */
	uint64_t hash = 14695981039346656037u;

	for (const struct schema_file *f = schema_files; f->store != NULL;
	     f++) {
		if (strcmp(f->store, store) != 0 || f->number != 0)
			continue;
		for (const char *at = f->sql; *at != '\0'; at++)
			hash = (hash ^ (unsigned char)*at) * 1099511628211u;
	}
	snprintf(digest, SCHEMA_DIGEST_SIZE, "%016" PRIx64, hash);
	return digest;
}

enum schema_fit
schema_fit(const char *store, int version, int compatible_from)
{
	int ours = schema_version(store);

	if (version < ours)
		return SCHEMA_IS_OLD;
	return compatible_from > ours ? SCHEMA_IS_NEW : SCHEMA_FITS;
}

void
schema_explain(const char *store, const char *place, int version,
    int compatible_from, char *why, size_t size)
{
	int ours = schema_version(store);

	if (schema_fit(store, version, compatible_from) == SCHEMA_IS_OLD)
		snprintf(why, size, "%s has schema %d and this program needs "
		    "%d: run policyd --init-store", place, version, ours);
	else
		snprintf(why, size, "%s has schema %d, which a program of "
		    "schema %d or newer can use; this one has %d: upgrade "
		    "policyd on this host", place, version, compatible_from,
		    ours);
}
