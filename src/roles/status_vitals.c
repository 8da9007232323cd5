/*
 * status_vitals.c -- what the housekeeper tells of the server in server.status.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/status_vitals.h"

#include "base/clock.h"
#include "base/log.h"
#include "config/config.h"
#include "roles/shared_memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *
mode_of(const struct config *config)
{
	return config->mode == MODE_OBSERVE ? "observe" : "enforce";
}

void
vitals_start(struct vitals *vitals, const struct load *load)
{
	*vitals = (struct vitals){ .load = load };
}

void
vitals_tell(struct vitals *vitals, bool is_schema_ready)
{
	const struct config *config = vitals->load->config;
	const struct shared *shared = vitals->load->shared;
	const char *path = config->server.status;
	struct status now = { .at_ms = clock_wall_ms(), .pid = getppid(),
		.since_ms = shared->started_ms,
		.is_schema_ready = is_schema_ready };

	if (path[0] == '\0' || clock_left_ms(vitals->write_ms) > 0)
		return;
	vitals->write_ms = clock_mono_ms() + STATUS_EVERY_MS;
	snprintf(now.version, sizeof(now.version), "%s", POLICYD_VERSION);
	snprintf(now.mode, sizeof(now.mode), "%s", mode_of(config));
	for (int i = 0; i < GEOIP_FILES; i++)
		now.is_missing[i] = config->geoip.files[i][0] != '\0' &&
		    vitals->load->geoip[i].fd < 0;
	for (int i = 0; i < STAT_COUNT; i++)
		now.counts[i] = counters_sum((enum counter)i);
	if (status_file_write(&now, path) == 0)
		vitals->error = 0;
	else if (errno != vitals->error) {
		vitals->error = errno;
		log_warning("server.status: %s cannot be written: %s; policyd "
			    "--status will not know that the server runs",
		    path, strerror(errno));
	}
}

void
vitals_describe(const struct load *load, struct text *text)
{
	uint64_t away = counters_sum(STAT_STORE_AWAY);

	text_add(text, away > 0 ? "; the STORE IS AWAY" :
				  "; the store answers");
	if (load->config->mode == MODE_OBSERVE)
		text_add(text, "; mode is observe: nothing is refused");
}
