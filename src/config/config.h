/*
 * config.h -- the configuration, read once and then constant.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Defaults, the YAML file and POLICYD_* environment variables, in that order,
 * make one immutable struct. Every key has one row in config/keys. Each
 * section stands in a header of its own, so that a room below the policy sees
 * its own alone.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "base/log.h"
#include "base/strings.h"
#include "config/block_options.h"
#include "config/count_options.h"
#include "config/endpoint.h"
#include "config/geoip_options.h"
#include "config/history_options.h"
#include "config/http_options.h"
#include "config/identity_options.h"
#include "config/ldap_options.h"
#include "config/notify_options.h"
#include "config/provider_options.h"
#include "config/report_options.h"
#include "config/server_options.h"
#include "config/settings.h"
#include "config/smtp_options.h"
#include "config/store_options.h"
#include "config/texts_options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum decisions { DECISIONS_ALL, DECISIONS_REFUSED };

struct config {
	unsigned owners;	/* beyond the first: see config_share */
	char *path;		/* the file it was read from ... */
	char *warnings;		/* what is hardly meant, one a line */
	bool has_file;		/* ... if there is one: else all defaults */
	enum mode mode;
	struct strings listen;	/* `endpoints` has what it means */
	struct endpoints endpoints;	/* of listen, then of http.listen */
	struct socket_options socket;
	struct server_options server;
	struct store_options store;
	struct geoip_options geoip;
	struct history_options history;
	struct identity_options identity;
	struct count_options count;
	struct exempt_options exempt;
	struct provider_options providers;
	struct settings settings;	/* limits, home and rates.rules */
	struct block_options block;
	struct rates_options rates;
	struct {
		char *ok, *blocked, *over_limit, *over_rate, *new_place, *error;
	} actions;
	struct texts_options texts;
	size_t override_count;
	struct override *overrides;	/* first match wins */
	struct ldap_options ldap;
	struct notify_options notify;
	struct smtp_options smtp;
	struct report_options report;
	struct http_options http;
	struct log_options log;
	enum decisions log_decisions;
};

/*
 * Read the file at path and the environment. On success return the
 * configuration, to be freed with config_free. Otherwise write every error,
 * one a line with file, line and column, to errors and return NULL.
 * A path that does not exist is an error unless is_optional.
 */
struct config *config_load(const char *path, bool is_optional, FILE *errors);

/* The same with the text of a file that nobody else may read; path is its
 * name in errors. */
struct config *config_parse(const char *text, size_t length, const char *path,
    FILE *errors);

void config_free(struct config *);

/* One more owner, who calls config_free too; the last one frees it. */
struct config *config_share(struct config *);

/* Write the effective values as YAML that config_load reads back to the same.
 * Passwords and hashes are masked, what a secret file holds is not written. */
void config_dump(const struct config *, FILE *);

/* Write one value without quotes, a list one item a line. Return 0, or -1 if
 * there is no such key. */
int config_get(const struct config *, const char *key, FILE *);

/* Is it the name of a section, "limits" or "limits.home"? */
bool config_is_section(const char *name);

#endif
