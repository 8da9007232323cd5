/*
 * antispam.c -- the configuration of postfwd's anti-spam plugin,
 * sections of keys.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "import/antispam.h"

#include "import/store_url.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

static const struct import_row rows[] = {
	{ "database.driver", IMPORT_OWN, NULL, NULL },
	{ "database.database", IMPORT_OWN, NULL, NULL },
	{ "database.host", IMPORT_OWN, NULL, NULL },
	{ "database.port", IMPORT_OWN, NULL, NULL },
	{ "database.userid", IMPORT_OWN, NULL, NULL },
	{ "database.password", IMPORT_OWN, NULL, NULL },
	{ "logging.logfile", IMPORT_NONE, NULL,
	    "policyd logs to its standard error, which is systemd's journal, "
	    "or to syslog (log.to)" },
	{ "logging.autoflush", IMPORT_NONE, NULL, "lines are never held back" },
	{ "logging.enable", IMPORT_OWN, NULL, NULL },
	{ "logging.country_limit", IMPORT_OWN, NULL, NULL },
	{ "logging.ip_limit", IMPORT_OWN, NULL, NULL },
	{ "debugging.debug", IMPORT_OWN, NULL, NULL },
	{ "debugging.country_limit", IMPORT_OWN, NULL, NULL },
	{ "debugging.ip_limit", IMPORT_OWN, NULL, NULL },
	{ "app.db_flush_interval", IMPORT_NUMBER, "limits.window",
	    "In seconds." },
	{ "app.geoip_db_path", IMPORT_OWN, NULL, NULL },
	{ "app.ip_whitelist", IMPORT_WORDS, "exempt.networks", NULL },
	{ "app.ip_whitelist_path", IMPORT_OWN, NULL, NULL },
	{ .from = NULL },
};

/* A key that older versions had in another section. */
static const struct node *
find_either(struct import *import, const char *path, const char *older)
{
	const struct node *node = import_find(import, path);

	return node != NULL ? node : import_find(import, older);
}

static const char *
value(struct import *import, const char *path)
{
	const struct node *node = import_find(import, path);

	return node != NULL ? node->value : NULL;
}

static void
add_store(struct import *import)
{
	const struct node *driver = import_find(import, "database.driver");
	const struct database database = {
		.host = value(import, "database.host"),
		.port = value(import, "database.port"),
		.user = value(import, "database.userid"),
		.name = value(import, "database.database"),
		.has_password = value(import, "database.password") != NULL,
	};

	if (driver != NULL && strcasecmp(driver->value, "Pg") == 0)
		import_pgsql(import, &database);
	else
		import_embedded(import, "[database]");
}

static void
add_limit(struct import *import, const char *key, const char *path,
    const char *older)
{
	const struct node *node = find_either(import, path, older);
	int64_t number;

	if (node == NULL)
		return;
	number = import_number(import, node, 1, 1000000);
	fprintf(sheet_begin(import->sheet, key,
	    "From here the plugin logged. What it refused is in postfwd.cf: "
	    "take that number."), "%lld", (long long)number);
	sheet_end(import->sheet);
}

static void
add_files(struct import *import)
{
	const struct node *node = import_find(import, "app.ip_whitelist_path");

	if (node != NULL && access(node->value, R_OK) == 0)
		sheet_text(import->sheet, "exempt.networks_file", NULL,
		    node->value);
	else if (node != NULL)
		sheet_remark(import->sheet, "app.ip_whitelist_path (line %u): "
		    "%s cannot be read here; it can be exempt.networks_file, "
		    "one network a line", node->key.line, node->value);
}

/* Older versions read another format; without a path there was a default. */
static void
add_geoip(struct import *import)
{
	const struct node *node = import_find(import, "app.geoip_db_path");
	const char *path = node != NULL ? node->value :
	    "/usr/local/share/GeoIP/GeoLite2-Country.mmdb";
	const char *dot = strrchr(path, '.');

	if (node == NULL && access(path, R_OK) != 0)
		sheet_remark(import->sheet, "geoip.country: name a GeoIP "
		    "file, else no country is counted");
	else if (dot != NULL && strcasecmp(dot, ".mmdb") == 0)
		sheet_text(import->sheet, "geoip.country", node != NULL ? NULL :
		    "Where the plugin looked for it.", path);
	else
		sheet_remark(import->sheet, "app.geoip_db_path (line %u): %s; "
		    "geoip.country wants a file in MMDB format",
		    node->key.line, path);
}

void
import_antispam(struct import *import)
{
	import_rows(import, rows);
	add_store(import);
	add_limit(import, "limits.countries", "logging.country_limit",
	    "debugging.country_limit");
	add_limit(import, "limits.networks", "logging.ip_limit",
	    "debugging.ip_limit");
	add_files(import);
	add_geoip(import);
	sheet_word(import->sheet, "block.enabled",
	    "postfwd refuses for as long as there are too many places, and "
	    "blocks nobody.", "false");
	sheet_remark(import->sheet, "the rules in postfwd.cf: "
	    "client_uniq_country_login_count > N is limits.countries: N, "
	    "client_uniq_ip_login_count > N is limits.networks: N, the text of "
	    "their action is actions.over_limit");
}
