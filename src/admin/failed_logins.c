/*
 * failed_logins.c -- which source gave wrong credentials, and how often. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/failed_logins.h"

#include "base/addr.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* When all its failures are forgotten: each one adds FAILED_LOGINS_EVERY_MS. */
struct source {
	char name[ADDR_TEXT_SIZE];
	int64_t clear_ms;
};

struct failed_logins {
	struct source list[FAILED_LOGINS_MAX];
};

struct failed_logins *
failed_logins_new(void)
{
	return mem_new(1, sizeof(struct failed_logins));
}

void
failed_logins_free(struct failed_logins *logins)
{
	free(logins);
}

int64_t
failed_logins_wait_ms(const struct failed_logins *logins, const char *name,
    int64_t now_ms)
{
	for (size_t i = 0; i < FAILED_LOGINS_MAX; i++) {
		const struct source *source = &logins->list[i];
		int64_t wait_ms = source->clear_ms - now_ms -
		    (FAILED_LOGINS_BURST - 1) * FAILED_LOGINS_EVERY_MS;

		if (wait_ms > 0 && strcmp(source->name, name) == 0)
			return wait_ms;
	}
	return 0;
}

void
failed_logins_add(struct failed_logins *logins, const char *name,
    int64_t now_ms)
{
	struct source *place = &logins->list[0];

	for (size_t i = 0; i < FAILED_LOGINS_MAX; i++) {
		struct source *source = &logins->list[i];

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
	place->clear_ms += FAILED_LOGINS_EVERY_MS;
}
