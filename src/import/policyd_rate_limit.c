/*
 * policyd_rate_limit.c -- the configuration of policyd-rate-limit, YAML.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "import/policyd_rate_limit.h"

#include "base/mem.h"
#include "base/text.h"
#include "config/list_item.h"
#include "config/yaml_quote.h"
#include "import/store_url.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_MAILS = 1000000, MOST_SECONDS = 366 * 86400 };

static const struct import_row rows[] = {
	{ "debug", IMPORT_NONE, NULL, "log.level: debug, or --verbose" },
	{ "user", IMPORT_NONE, NULL, "policyd has a user of its own" },
	{ "group", IMPORT_NONE, NULL, "policyd has a group of its own" },
	{ "pidfile", IMPORT_NONE, NULL, "systemd needs none" },
	{ "config_file", IMPORT_NONE, NULL, "is -c FILE" },
	{ "delay_to_close", IMPORT_NONE, NULL, "is server.idle_timeout" },
	{ "mysql_config", IMPORT_OWN, NULL, NULL },
	{ "sqlite_config", IMPORT_OWN, NULL, NULL },
	{ "pgsql_config", IMPORT_OWN, NULL, NULL },
	{ "backend", IMPORT_OWN, NULL, NULL },
	{ "SOCKET", IMPORT_OWN, NULL, NULL },
	{ "socket_permission", IMPORT_NONE, NULL,
	    "socket.mode: the socket is for the group postfix" },
	{ "limits", IMPORT_OWN, NULL, NULL },
	{ "limits_by_id", IMPORT_OWN, NULL, NULL },
	{ "sql_limits_by_id", IMPORT_NONE, NULL,
	    "policyd asks no database of others: what it knows becomes "
	    "overrides, in the file or by PUT /v1/overrides" },
	{ "count_mode", IMPORT_OWN, NULL, NULL },
	{ "limit_by_sasl", IMPORT_OWN, NULL, NULL },
	{ "limit_by_sender", IMPORT_OWN, NULL, NULL },
	{ "limit_by_ip", IMPORT_OWN, NULL, NULL },
	{ "limited_networks", IMPORT_WORDS, "rates.networks", NULL },
	/* As the first versions spelled it. */
	{ "limited_netword", IMPORT_WORDS, "rates.networks", NULL },
	{ "success_action", IMPORT_TEXT, "actions.ok", NULL },
	{ "fail_action", IMPORT_TEXT, "actions.over_rate", NULL },
	{ "db_error_action", IMPORT_TEXT, "actions.error", NULL },
	{ "report", IMPORT_BOOL, "report.enabled", NULL },
	{ "report_from", IMPORT_TEXT, "notify.from",
	    "Reports come from there too." },
	{ "report_to", IMPORT_WORDS, "report.to", NULL },
	{ "report_subject", IMPORT_TEXT, "report.subject", NULL },
	{ "report_limits", IMPORT_NONE, NULL, "every limit is reported" },
	{ "report_only_if_needed", IMPORT_BOOL, "report.only_if_needed",
	    NULL },
	{ "smtp_server", IMPORT_OWN, NULL, NULL },
	{ "smtp_starttls", IMPORT_OWN, NULL, NULL },
	{ "smtp_credentials", IMPORT_OWN, NULL, NULL },
	{ .from = NULL },
};

/* Item i of a list, or NULL. */
static const struct node *
item(const struct node *list, size_t i)
{
	const struct node *node = tree_first(list);

	while (node != NULL && i-- > 0)
		node = tree_next(list, node);
	return node;
}

/* [[10, 60], [150, 86400]] as [{mails: 10, per: 60}, ...] */
static void
write_rules(struct import *import, const struct node *list, FILE *out)
{
	size_t count = 0;

	fputc('[', out);
	if (list->kind != NODE_LIST)
		tree_complain(list, import->complaints, NULL,
		    "a list such as [[10, 60], [150, 86400]]");
	for (const struct node *n = tree_first(list); n != NULL;
	     n = tree_next(list, n)) {
		const struct node *per = item(n, 1);

		if (n->kind != NODE_LIST || per == NULL ||
		    item(n, 2) != NULL) {
			tree_complain(n, import->complaints, NULL,
			    "a pair [mails, seconds]");
			continue;
		}
		fprintf(out, "%s{mails: %lld, per: %lld}",
		    count++ == 0 ? "" : ", ",
		    (long long)import_number(import, item(n, 0), 1,
			MOST_MAILS),
		    (long long)import_number(import, per, 1, MOST_SECONDS));
	}
	fputc(']', out);
}

/* Limits of one account or address. */
static void
add_overrides(struct import *import, const struct node *map)
{
	FILE *out;

	if (map->kind != NODE_MAP) {
		tree_complain(map, import->complaints, NULL,
		    "a map of accounts");
		return;
	}
	out = sheet_begin(import->sheet, "overrides", NULL);
	if (tree_first(map) == NULL)
		fputs("[]", out);
	for (const struct node *n = tree_first(map); n != NULL;
	     n = tree_next(map, n)) {
		if (!item_is_name(n->name))
			tree_complain(n, import->complaints, n->name,
			    "an account");
		fputs("\n  - {account: ", out);
		quote_write(out, n->name);
		fputs(", rates: ", out);
		if (n->kind == NODE_LIST && tree_first(n) == NULL)
			fputs("[]", out);
		else
			write_rules(import, n, out);
		fputc('}', out);
	}
	sheet_end(import->sheet);
}

static bool
is_set(struct import *import, const char *path, bool otherwise)
{
	const struct node *node = import_find(import, path);

	return node != NULL ? import_is_true(import, node) : otherwise;
}

static void
add_identity(struct import *import)
{
	bool by_ip = is_set(import, "limit_by_ip", false) &&
	    (import_find(import, "limited_networks") != NULL ||
		import_find(import, "limited_netword") != NULL);
	const char *separator = "";
	FILE *out = sheet_begin(import->sheet, "identity.keys", NULL);

	fputc('[', out);
	if (is_set(import, "limit_by_sasl", true)) {
		fputs("sasl_username", out);
		separator = ", ";
	}
	if (is_set(import, "limit_by_sender", false)) {
		fprintf(out, "%ssender", separator);
		separator = ", ";
	}
	if (by_ip)
		fprintf(out, "%sclient_address", separator);
	/* Nothing was limited: so be it, by no rules. */
	else if (*separator == '\0')
		fputs("sasl_username", out);
	fputc(']', out);
	sheet_end(import->sheet);
}

/* Where it was asked; the first versions, which did not say, as by 0. */
static void
add_count(struct import *import)
{
	const struct node *node = import_find(import, "count_mode");
	int64_t mode = node != NULL ? import_number(import, node, 0, 2) : 0;

	sheet_word(import->sheet, "rates.count", NULL,
	    mode == 2 ? "messages" : "recipients");
	sheet_word(import->sheet, "rates.stage", mode == 0 ?
	    "Asked in smtpd_recipient_restrictions." :
	    "Asked in smtpd_data_restrictions.", mode == 0 ? "rcpt" : "data");
}

static void
add_listen(struct import *import, const struct node *node)
{
	const struct node *port = item(node, 1);
	const char *host;

	if (node->kind == NODE_TEXT) {
		sheet_remark(import->sheet, "SOCKET (line %u): policyd "
		    "listens on /var/spool/postfix/policyd/policy: write "
		    "unix:policyd/policy in main.cf in place of %s",
		    node->key.line, node->value);
		return;
	}
	if (node->kind != NODE_LIST || port == NULL || item(node, 2) != NULL) {
		tree_complain(node, import->complaints, NULL,
		    "a path, or [address, port]");
		return;
	}
	host = import_text(import, item(node, 0));
	if (host == NULL)
		return;
	fprintf(sheet_begin(import->sheet, "listen",
	    "So that main.cf can stay as it is."), "[\"inet:%s%s%s:%lld\"]",
	    strchr(host, ':') != NULL ? "[" : "", host,
	    strchr(host, ':') != NULL ? "]" : "",
	    (long long)import_number(import, port, 1, 65535));
	sheet_end(import->sheet);
}

static const char *
value(struct import *import, const char *path)
{
	const struct node *node = import_find(import, path);

	return node != NULL && node->kind == NODE_TEXT ? node->value : NULL;
}

static void
add_store(struct import *import)
{
	const struct node *node = import_find(import, "backend");
	int64_t backend = node != NULL ? import_number(import, node, 0, 2) : 0;
	const char *name = value(import, "pgsql_config.database");
	const struct database database = {
		.host = value(import, "pgsql_config.host"),
		.port = value(import, "pgsql_config.port"),
		.user = value(import, "pgsql_config.user"),
		.name = name != NULL ? name :
				       value(import, "pgsql_config.dbname"),
		.has_password = value(import, "pgsql_config.password") != NULL,
	};

	if (backend == 2)
		import_pgsql(import, &database);
	else
		import_embedded(import, backend == 1 ? "mysql_config" :
						       "sqlite_config");
}

static void
add_smtp(struct import *import)
{
	const struct node *server = import_find(import, "smtp_server");
	const struct node *login = import_find(import, "smtp_credentials");

	if (server != NULL && (server->kind != NODE_LIST ||
	    item(server, 1) == NULL || item(server, 2) != NULL)) {
		tree_complain(server, import->complaints, NULL,
		    "[host, port]");
	} else if (server != NULL) {
		const char *host = import_text(import, item(server, 0));

		if (host != NULL)
			sheet_text(import->sheet, "smtp.host", NULL, host);
		fprintf(sheet_begin(import->sheet, "smtp.port", NULL), "%lld",
		    (long long)import_number(import, item(server, 1), 1,
			65535));
		sheet_end(import->sheet);
	}
	if (is_set(import, "smtp_starttls", false))
		sheet_word(import->sheet, "smtp.tls", NULL, "starttls");
	if (login != NULL)
		sheet_remark(import->sheet, "smtp_credentials (line %u): write "
		    "the password to a file that only policyd can read; set "
		    "smtp.username and name that file in smtp.password_file",
		    login->key.line);
}

void
import_rate(struct import *import)
{
	const struct node *node;

	if (import_find(import, "limited_networks") != NULL &&
	    (node = import_find(import, "limited_netword")) != NULL) {
		tree_complain(node, import->complaints, "limited_netword",
		    "limited_networks alone");
		return;
	}
	import_rows(import, rows);
	if (import->complaints->count > 0)
		return;
	node = import_find(import, "limits");
	if (node != NULL) {
		write_rules(import, node,
		    sheet_begin(import->sheet, "rates.rules", NULL));
		sheet_end(import->sheet);
	}
	add_count(import);
	node = import_find(import, "limits_by_id");
	if (node != NULL)
		add_overrides(import, node);
	add_identity(import);
	node = import_find(import, "SOCKET");
	if (node != NULL)
		add_listen(import, node);
	add_store(import);
	add_smtp(import);
	sheet_word(import->sheet, "limits.countries",
	    "policyd-rate-limit did not count places; a number begins it.",
	    "unlimited");
	sheet_word(import->sheet, "limits.networks", NULL, "unlimited");
}
