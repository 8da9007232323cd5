/*
 * sources.c -- how often who asks from where gave wrong credentials. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/sources.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* When all its failures are forgotten: each one adds SOURCES_EVERY_MS. */
struct source {
	char name[ADDR_TEXT_SIZE];
	int64_t clear_ms;
};

struct sources {
	struct source list[SOURCES_MAX];
};

struct sources *
sources_new(void)
{
	return mem_new(1, sizeof(struct sources));
}

void
sources_free(struct sources *sources)
{
	free(sources);
}

const char *
sources_name(const char *address, char source[ADDR_TEXT_SIZE])
{
	struct addr addr;

	if (addr_parse(address, &addr) != 0) {
		snprintf(source, ADDR_TEXT_SIZE, "unix");
		return source;
	}
	addr = addr_mask(&addr, 32, 64);
	return addr_format(&addr, source);
}

int64_t
sources_wait_ms(const struct sources *sources, const char *name,
    int64_t now_ms)
{
	for (size_t i = 0; i < SOURCES_MAX; i++) {
		const struct source *source = &sources->list[i];
		int64_t wait_ms = source->clear_ms - now_ms -
		    (SOURCES_BURST - 1) * SOURCES_EVERY_MS;

		if (wait_ms > 0 && strcmp(source->name, name) == 0)
			return wait_ms;
	}
	return 0;
}

void
sources_failed(struct sources *sources, const char *name, int64_t now_ms)
{
	struct source *place = &sources->list[0];

	for (size_t i = 0; i < SOURCES_MAX; i++) {
		struct source *source = &sources->list[i];

		if (strcmp(source->name, name) == 0) {
			place = source;
			break;
		}
		if (source->clear_ms < place->clear_ms)
			place = source;
	}
	if (strcmp(place->name, name) != 0) {
		snprintf(place->name, ADDR_TEXT_SIZE, "%s", name);
		place->clear_ms = now_ms;
	}
	if (place->clear_ms < now_ms)
		place->clear_ms = now_ms;
	place->clear_ms += SOURCES_EVERY_MS;
}
