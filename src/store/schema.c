/*
 * schema.c -- the SQL files of store/schema/, built into the program.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/schema.h"

#include <stddef.h>
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
