/*
 * geoip_policyd_options.c -- the options and variables of geoip-policyd.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /etc/default/geoip-policyd, a unit of systemd or a script that starts it:
 * --max-ips 5 and GEOIPPOLICYD_MAX_IPS=5 are the same. What is not said has
 * geoip-policyd's own default, not ours.
 */
#include "import/geoip_policyd_options.h"

#include "base/addr.h"
#include "import/geoip_policyd_names.h"
#include "import/store_url.h"

#include <string.h>

static const struct node *
find(struct import *import, const char *name, const char *older)
{
	char path[100];
	const struct node *node;

	snprintf(path, sizeof(path), GEOIP_PREFIX "%s", name);
	node = import_find(import, path);
	return node != NULL || older == NULL ? node :
					       find(import, older, NULL);
}

static bool
is_on(struct import *import, const char *name, const char *older)
{
	const struct node *node = find(import, name, older);

	return node != NULL && import_is_true(import, node);
}

static const char *
text(struct import *import, const char *name, const char *otherwise)
{
	const struct node *node = find(import, name, NULL);

	return node != NULL ? node->value : otherwise;
}

static int64_t
number(struct import *import, const char *name, const char *older,
    int64_t otherwise, int64_t most)
{
	const struct node *node = find(import, name, older);

	return node != NULL ? import_number(import, node, 1, most) : otherwise;
}

static void
put_number(struct import *import, const char *key, const char *note,
    int64_t value)
{
	fprintf(sheet_begin(import->sheet, key, note), "%lld",
	    (long long)value);
	sheet_end(import->sheet);
}

static void
add_limits(struct import *import)
{
	int64_t ttl = number(import, "REDIS_TTL", NULL, 3600, 31622400);
	bool is_permanent = is_on(import, "BLOCK_PERMANENT", "BLOCKED_PERMANENT") ||
	    is_on(import, "BLOCKED_NO_EXPIRE", NULL);
	const struct node *networks = find(import, "IGNORE_NETWORKS",
	    "IGNORE_NETWORK");

	put_number(import, "limits.window", NULL, ttl);
	put_number(import, "limits.countries", NULL,
	    number(import, "MAX_COUNTRIES", NULL, 3, 1000000));
	put_number(import, "limits.networks", NULL,
	    number(import, "MAX_IPS", NULL, 10, 1000000));
	put_number(import, "limits.home.max_countries", NULL,
	    number(import, "MAX_HOME_COUNTRIES", NULL, 3, 1000000));
	put_number(import, "limits.home.max_networks", NULL,
	    number(import, "MAX_HOME_IPS", NULL, 10, 1000000));
	put_number(import, "block.duration", is_permanent ?
	    "Until `policyd --unblock ACCOUNT`, as there." :
	    "As there; that is short for an account that was stolen.",
	    is_permanent ? 0 : ttl);
	if (networks != NULL) {
		import_list(import, networks, false,
		    sheet_begin(import->sheet, "exempt.networks", NULL));
		sheet_end(import->sheet);
	}
	sheet_text(import->sheet, "geoip.country", NULL,
	    text(import, "GEOIP_PATH", "/usr/share/GeoIP/GeoLite2-City.mmdb"));
}

static void
write_address(struct import *import, const char *name, const char *scheme,
    const char *port_name, int64_t port, FILE *out)
{
	const char *host = text(import, name, "127.0.0.1");
	bool is_ipv6 = strchr(host, ':') != NULL && host[0] != '[';

	fprintf(out, "\"%s%s%s%s:%lld\"", scheme, is_ipv6 ? "[" : "", host,
	    is_ipv6 ? "]" : "",
	    (long long)number(import, port_name, NULL, port, 65535));
}

static void
add_http(struct import *import)
{
	struct addr address;
	const char *host = text(import, "HTTP_ADDRESS", "127.0.0.1");
	bool is_here = addr_parse(host, &address) == 0 &&
	    (strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0);
	bool has_users = is_on(import, "HTTP_USE_BASIC_AUTH", NULL);

	if (is_on(import, "HTTP_USE_SSL", NULL)) {
		sheet_text(import->sheet, "http.tls.cert_file", NULL,
		    text(import, "HTTP_TLS_CERT", "/localhost.pem"));
		sheet_text(import->sheet, "http.tls.key_file", NULL,
		    text(import, "HTTP_TLS_KEY", "/localhost-key.pem"));
	}
	if (has_users || !is_here) {
		sheet_remark(import->sheet, "http.listen is to be "
		    "\"%s:%lld\", once http.users has %s and the hash of "
		    "its password, as `mkpasswd` prints it", host,
		    (long long)number(import, "HTTP_PORT", NULL, 8080, 65535),
		    text(import, "HTTP_BASIC_AUTH_USERNAME", "a name"));
		return;
	}
	write_address(import, "HTTP_ADDRESS", "", "HTTP_PORT", 8080,
	    sheet_begin(import->sheet, "http.listen",
		"The requests of geoip-policyd go on working."));
	sheet_end(import->sheet);
	sheet_word(import->sheet, "http.compat_reload",
	    "GET /reload too.", "true");
}

static void
add_ldap(struct import *import)
{
	bool is_used = is_on(import, "USE_LDAP", NULL);
	const struct node *uris = find(import, "LDAP_SERVER_URIS",
	    "LDAP_SERVER_URI");

	sheet_word(import->sheet, "ldap.enabled", NULL,
	    is_used ? "true" : "false");
	if (uris != NULL) {
		import_list(import, uris, false,
		    sheet_begin(import->sheet, "ldap.uris", NULL));
		sheet_end(import->sheet);
	}
	if (is_on(import, "LDAP_TLS_SKIP_VERIFY", "LDAP_SKIP_TLS_VERIFY"))
		sheet_word(import->sheet, "ldap.tls.verify",
		    "Anybody in between can pretend to be the directory.",
		    "false");
	if (is_used)
		sheet_word(import->sheet, "ldap.unknown", NULL,
		    is_on(import, "FORCE_USER_KNOWN", NULL) ? "keep" : "skip");
	if (find(import, "USE_CDB", "CDB_PATH") != NULL)
		sheet_remark(import->sheet, "a CDB of accounts is not read "
		    "here: ldap.* ask a directory, identity.domains and "
		    "exempt.accounts say whose mail is counted");
}

/* "Name <joe@example.com>" without the name. */
static void
write_mailbox(const char *mailbox, FILE *out)
{
	const char *from = strchr(mailbox, '<');

	from = from != NULL ? from + 1 : mailbox;
	fprintf(out, "\"%.*s\"", (int)strcspn(from, "> \""), from);
}

static void
add_notify(struct import *import)
{
	const char *to = text(import, "OPERATOR_TO", NULL);
	const char *from = text(import, "OPERATOR_FROM", NULL);
	bool is_on_there = is_on(import, "RUN_ACTIONS", NULL) &&
	    is_on(import, "RUN_ACTION_OPERATOR", NULL);

	if (to != NULL) {
		FILE *out = sheet_begin(import->sheet, "notify.to", NULL);

		fputc('[', out);
		write_mailbox(to, out);
		fputc(']', out);
		sheet_end(import->sheet);
	}
	if (from != NULL) {
		write_mailbox(from,
		    sheet_begin(import->sheet, "notify.from", NULL));
		sheet_end(import->sheet);
	}
	if (is_on_there && (to == NULL || from == NULL))
		sheet_remark(import->sheet, "notify.enabled is to be true once "
		    "notify.from and notify.to are set");
	else
		sheet_word(import->sheet, "notify.enabled", NULL,
		    is_on_there ? "true" : "false");
}

static void
add_smtp(struct import *import)
{
	const struct node *host = find(import, "MAIL_SERVER_ADDRESS",
	    "MAIL_SERVER");
	bool is_wrapped = is_on(import, "MAIL_SSL_ON_CONNECT", "MAIL_SSL");
	const char *user = text(import, "MAIL_USERNAME", NULL);
	const char *file = text(import, "MAIL_PASSWORD_PATH", NULL);

	if (host == NULL)
		return;
	sheet_text(import->sheet, "smtp.host", NULL, host->value);
	put_number(import, "smtp.port", NULL,
	    number(import, "MAIL_SERVER_PORT", "MAIL_PORT", 587, 65535));
	if (is_wrapped || user != NULL)
		sheet_word(import->sheet, "smtp.tls", NULL,
		    is_wrapped ? "wrapped" : "starttls");
	if (user != NULL && file != NULL) {
		sheet_text(import->sheet, "smtp.username", NULL, user);
		sheet_text(import->sheet, "smtp.password_file", NULL, file);
	} else if (user != NULL) {
		sheet_remark(import->sheet, "smtp.username is to be %s once "
		    "smtp.password_file is set", user);
	}
}

static void
add_log(struct import *import)
{
	const char *level = text(import, "VERBOSE_LEVEL", "info");

	sheet_word(import->sheet, "log.level", NULL,
	    strcmp(level, "none") == 0 ? "error" :
		strcmp(level, "debug") == 0 ? "debug" : "info");
	if (is_on(import, "LOG_JSON", NULL))
		sheet_word(import->sheet, "log.format", NULL, "json");
}

void
import_geoip_server(struct import *import)
{
	const struct node *custom = find(import, "CUSTOM_SETTINGS_PATH",
	    "WHITELIST_PATH");
	FILE *out;

	if (import->tree->count <= 1) {
		complain(import->complaints, &(struct place){ 0 },
		    "neither an option nor a variable of geoip-policyd is in "
		    "it");
		return;
	}
	import_rows(import, geoip_names);
	out = sheet_begin(import->sheet, "listen",
	    "So that main.cf can stay as it is.");
	fputc('[', out);
	write_address(import, "SERVER_ADDRESS", "inet:", "SERVER_PORT", 4646,
	    out);
	fputc(']', out);
	sheet_end(import->sheet);
	sheet_word(import->sheet, "identity.keys",
	    is_on(import, "USE_SASL_USERNAME", "SASL_USERNAME") ? NULL :
	    "There it was the sender, which anybody can make up.",
	    "[sasl_username]");
	import_embedded(import, "Redis");
	add_limits(import);
	add_http(import);
	add_ldap(import);
	add_notify(import);
	add_smtp(import);
	add_log(import);
	if (custom != NULL)
		sheet_remark(import->sheet, "%s (line %u): take the overrides "
		    "that `policyd --import-config geoip-policyd %s` prints",
		    custom->path, custom->key.line, custom->value);
}
