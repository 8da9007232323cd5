/*
 * daemon.c -- the server: what a generation lives on, and what it shares.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/daemon.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "roles/accepting.h"
#include "roles/geoip_files.h"
#include "roles/role_table.h"
#include "roles/serving_of.h"
#include "roles/shared_memory.h"
#include "roles/status_vitals.h"
#include "server/master.h"
#include "store/blocked_file.h"
#include "store/memory.h"
#include "store/recent_accounts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* Set once, before the master runs: its calls have no place for them. */
static const struct daemon_options *options;
static struct shared shared;
static uint64_t loads;

/* Read the configuration; what is wrong with it goes to the log. A file that
 * was there before must be there: its absence would mean all defaults. */
static struct config *
read_config_to_log(const struct config *before)
{
	bool is_optional = options->is_config_optional &&
	    (before == NULL || !before->has_file);
	char *errors = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&errors, &length);
	struct config *config;
	char *state = NULL;

	if (stream == NULL)
		return NULL;
	config = config_load(options->config_path, is_optional, stream);
	fclose(stream);
	for (char *line = strtok_r(errors, "\n", &state); line != NULL;
	     line = strtok_r(NULL, "\n", &state))
		log_error("%s", line);
	free(errors);
	return config;
}

void
daemon_warn(const struct config *config)
{
	const char *line = config->warnings;

	for (size_t length; *line != '\0'; line += length + 1) {
		length = strcspn(line, "\n");
		log_warning("%.*s", (int)length, line);
	}
}

static void
tell_countries(const struct geoip_options *geoip)
{
	if (geoip->files[GEOIP_COUNTRY][0] == '\0' &&
	    geoip->files[GEOIP_CITY][0] == '\0')
		log_info("geoip: neither geoip.country nor geoip.city is set: "
			 "networks alone are counted");
}

static struct load *
load(enum load_reason reason, const struct load *current)
{
	struct load *new = mem_new(1, sizeof(*new));

	if (reason == LOAD_REFRESH)
		new->config = config_share(current->config);
	else
		new->config = read_config_to_log(
		    current != NULL ? current->config : NULL);
	if (new->config == NULL) {
		free(new);
		return NULL;
	}
	if (options->is_verbose)
		new->config->log.level = LOG_LEVEL_DEBUG;
	if (reason == LOAD_START)
		log_setup(&new->config->log);
	if (reason != LOAD_REFRESH) {
		daemon_warn(new->config);
		tell_countries(&new->config->geoip);
	}
	if (geoip_files_take(new, reason == LOAD_START ? NULL : current) !=
	    0) {
		config_free(new->config);
		free(new);
		return NULL;
	}
	new->serving = serving_of(new->config);
	if (reason == LOAD_START && new->config->server.state[0] != '\0')
		blocked_file_read(shared.blocked, new->config->server.state,
		    new->config->store.url);
	new->shared = &shared;
	new->number = ++loads;
	return new;
}

static void
unload(struct load *old)
{
	geoip_files_drop(old);
	config_free(old->config);
	free(old);
}

int
daemon_run(const struct daemon_options *given)
{
	static const struct service service = { load, unload, role_table,
		vitals_describe };
	struct master_options master = { given->is_daemon, "" };
	int status;

	options = given;
	shared.started_ms = clock_wall_ms();
	shared.blocked = blocked_open();
	shared.news = store_news_open();
	shared.recent = recent_open();
	shared.memory = memory_open();
	shared.noted = noted_open();
	shared.crowd = crowd_open();
	if (shared.blocked == NULL || shared.news == NULL ||
	    shared.recent == NULL || shared.memory == NULL ||
	    shared.noted == NULL || shared.crowd == NULL) {
		log_error("no memory to share: %s", strerror(errno));
		return EX_OSERR;
	}
	status = master_run(&service, &master);
	blocked_close(shared.blocked);
	store_news_close(shared.news);
	recent_close(shared.recent);
	memory_close(shared.memory);
	noted_close(shared.noted);
	crowd_close(shared.crowd);
	return status;
}
