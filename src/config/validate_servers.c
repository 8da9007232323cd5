/*
 * validate_servers.c -- what the settings of other servers must be to each other.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/validate_servers.h"

#include "config/endpoint.h"
#include "config/macros.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* A certificate and its key go together. */
static void
check_pair(struct draft *draft, const char *cert_key, const char *cert,
    const char *key_key, const char *key)
{
	if (*cert != '\0' && *key == '\0')
		draft_refuse(draft, cert_key, "needs %s too", key_key);
	if (*cert == '\0' && *key != '\0')
		draft_refuse(draft, key_key, "needs %s too", cert_key);
}

/* The filter has one place for the name, and no other %. */
static void
check_filter(struct draft *draft, const char *filter)
{
	const char *name = strstr(filter, "%s");
	const char *percent = strchr(filter, '%');
	size_t length = strlen(filter);

	if (name == NULL)
		draft_refuse(draft, "ldap.filter",
		    "found \"%s\" without %%s, where the name is put", filter);
	for (; percent != NULL; percent = strchr(percent + 1, '%')) {
		if (percent[1] == 's')
			continue;
		draft_refuse(draft, "ldap.filter",
		    "found \"%s\": %%s alone is replaced, write \\25 for a "
		    "percent sign (RFC 4515)",
		    filter);
		break;
	}
	if (filter[0] != '(' || filter[length - 1] != ')')
		draft_refuse(draft, "ldap.filter",
		    "found \"%s\", a filter is in parentheses: (mail=%%s)",
		    filter);
}

static void
check_ldap_uris(struct draft *draft)
{
	const struct config *config = draft->config;

	for (size_t i = 0; i < config->ldap.uris.count; i++) {
		const char *uri = config->ldap.uris.list[i];

		if (!begins(uri, "ldap://") && !begins(uri, "ldaps://") &&
		    !begins(uri, "ldapi://"))
			draft_refuse(draft, "ldap.uris",
			    "found \"%s\", allowed are ldap://, ldaps:// and "
			    "ldapi:// URIs",
			    uri);
		else if (config->ldap.starttls && !begins(uri, "ldap://"))
			draft_refuse(draft, "ldap.starttls",
			    "found true, which goes with ldap:// and not with "
			    "%s",
			    uri);
	}
}

static void
check_ldap(struct draft *draft)
{
	const struct config *config = draft->config;

	check_ldap_uris(draft);
	check_filter(draft, config->ldap.filter);
	check_pair(draft, "ldap.tls.cert_file", config->ldap.cert_file,
	    "ldap.tls.key_file", config->ldap.key_file);
	if (!config->ldap.enabled)
		return;
	if (config->ldap.timeout_ms >= config->server.deadline_ms)
		draft_refuse(draft, "ldap.timeout",
		    "found %ums, allowed is less than server.deadline "
		    "(%ums), or a directory that is down stops mail",
		    config->ldap.timeout_ms, config->server.deadline_ms);
	if (config->ldap.sasl_external && *config->ldap.cert_file == '\0' &&
	    !begins(config->ldap.uris.list[0], "ldapi://"))
		draft_refuse(draft, "ldap.sasl_external",
		    "found true, which needs ldap.tls.cert_file");
	if (*config->ldap.bind_dn != '\0' && config->ldap.bind_password == NULL)
		draft_refuse(
		    draft, "ldap.bind_dn", "needs ldap.bind_password_file");
}

/* Can a mail go there? One bare address, so that nothing else gets into the
 * headers or the commands of SMTP (RFC 5321, 4.1.2). */
static bool
is_mailbox(const char *address)
{
	const char *at = strrchr(address, '@');

	if (*address == '\0' || strpbrk(address, " \t<>()[]\\,;:\"") != NULL)
		return false;
	return at == NULL || (at != address && at[1] != '\0');
}

static void
check_mailboxes(
    struct draft *draft, const char *key, const struct strings *addresses)
{
	for (size_t i = 0; i < addresses->count; i++)
		if (!is_mailbox(addresses->list[i]))
			draft_refuse(draft, key,
			    "found \"%s\", allowed is a bare address such as "
			    "joe@example.com",
			    addresses->list[i]);
}

/* A text that is read when it is needed must be there by now. */
static void
check_readable(struct draft *draft, const char *key, const char *path)
{
	struct stat info;

	if (*path == '\0')
		return;
	if (access(path, R_OK) != 0)
		draft_refuse(
		    draft, key, "%s cannot be read: %s", path, strerror(errno));
	else if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
		draft_refuse(draft, key, "%s is not a plain file", path);
}

/* Whom to notify: was any of it there, but wrong? */
static bool
is_any_bad(const struct draft *draft)
{
	return draft_is_bad(draft, "notify.to") ||
	       draft_is_bad(draft, "notify.account") ||
	       draft_is_bad(draft, "notify.exec") ||
	       draft_is_bad(draft, "notify.webhook");
}

static void
check_notify(struct draft *draft)
{
	const struct config *config = draft->config;
	const char *content = config->notify.content_type;
	bool has_mail = config->notify.to.count > 0 || config->notify.account;
	char unknown[64];

	check_mailboxes(draft, "notify.to", &config->notify.to);
	if (*config->notify.from != '\0' && !is_mailbox(config->notify.from))
		draft_refuse(draft, "notify.from",
		    "found \"%s\", allowed is a bare address such as "
		    "policyd@example.com",
		    config->notify.from);
	if (macros_check(config->notify.subject, macros_known, unknown,
		sizeof(unknown)) != 0)
		draft_refuse(draft, "notify.subject",
		    "found \"%s\", which is none of the macros %s", unknown,
		    macros_known);
	if (!begins(content, "text/") || strpbrk(content, " \t;") != NULL)
		draft_refuse(draft, "notify.content_type",
		    "found \"%s\", allowed is text/plain, text/html or "
		    "another text/ without parameters",
		    content);
	check_readable(draft, "notify.template", config->notify.template);
	check_readable(
	    draft, "notify.account_template", config->notify.account_template);
	if (config->notify.exec.count > 0 &&
	    config->notify.exec.list[0][0] != '/')
		draft_refuse(draft, "notify.exec",
		    "found \"%s\", allowed is the absolute path of a program",
		    config->notify.exec.list[0]);
	if (*config->notify.webhook != '\0' &&
	    !begins(config->notify.webhook, "http://") &&
	    !begins(config->notify.webhook, "https://"))
		draft_refuse(draft, "notify.webhook",
		    "allowed are http:// and https:// URLs");
	if (!config->notify.enabled)
		return;
	if (has_mail && *config->notify.from == '\0' &&
	    !draft_is_bad(draft, "notify.from"))
		draft_refuse(draft, "notify.enabled",
		    "found true, which needs notify.from");
	if (!has_mail && config->notify.exec.count == 0 &&
	    *config->notify.webhook == '\0' && !is_any_bad(draft))
		draft_refuse(draft, "notify.enabled",
		    "found true, which needs notify.to (or notify.account, "
		    "notify.exec or notify.webhook)");
}

static void
check_smtp(struct draft *draft)
{
	const struct config *config = draft->config;
	bool has_name = *config->smtp.username != '\0';
	bool has_password = *config->smtp.password_file != '\0';

	if (strpbrk(config->smtp.host, " /") != NULL)
		draft_refuse(draft, "smtp.host",
		    "found \"%s\", allowed is a name or an address",
		    config->smtp.host);
	if (strpbrk(config->smtp.helo, " <>") != NULL)
		draft_refuse(draft, "smtp.helo",
		    "found \"%s\", allowed is a host name", config->smtp.helo);
	if (has_name && !has_password)
		draft_refuse(
		    draft, "smtp.username", "needs smtp.password_file");
	if (!has_name && has_password)
		draft_refuse(
		    draft, "smtp.password_file", "needs smtp.username");
	if (has_name && config->smtp.tls == SMTP_TLS_NONE &&
	    !endpoint_is_loopback(config->smtp.host))
		draft_refuse(draft, "smtp.username",
		    "would send a password unencrypted to %s; set smtp.tls to "
		    "starttls or wrapped",
		    config->smtp.host);
}

static void
check_report(struct draft *draft)
{
	const struct config *config = draft->config;

	check_mailboxes(draft, "report.to", &config->report.to);
	if (!config->report.enabled)
		return;
	if (config->report.to.count == 0 && !draft_is_bad(draft, "report.to"))
		draft_refuse(draft, "report.enabled",
		    "found true, which needs report.to");
	if (*config->notify.from == '\0' && !draft_is_bad(draft, "notify.from"))
		draft_refuse(draft, "report.enabled",
		    "found true, which needs notify.from, its sender");
}

static void
check_http_listen(struct draft *draft)
{
	struct config *config = draft->config;
	struct endpoint endpoint;
	const char *wrong = endpoint_parse(&endpoint, config->http.listen);

	for (size_t i = 0; wrong == NULL && i < config->endpoints.count; i++)
		if (endpoint_equal(&config->endpoints.list[i], &endpoint))
			wrong = "it is in listen, too";
	if (wrong != NULL) {
		draft_refuse(draft, "http.listen",
		    "found \"%s\": %s; allowed are 127.0.0.1:8080, "
		    "[::1]:8080 and unix:/path",
		    config->http.listen, wrong);
		return;
	}
	endpoint.service = ENDPOINT_HTTP;
	endpoint.is_private = true;
	endpoints_add(&config->endpoints, &endpoint);
	if (!endpoint_is_local(&endpoint) && config->http.users.count == 0 &&
	    config->http.tokens.count == 0 &&
	    !draft_is_bad(draft, "http.users") &&
	    !draft_is_bad(draft, "http.tokens"))
		draft_refuse(draft, "http.listen",
		    "found \"%s\", which others can reach: it needs "
		    "http.users or http.tokens",
		    config->http.listen);
}

static void
check_http(struct draft *draft)
{
	const struct config *config = draft->config;

	check_pair(draft, "http.tls.cert_file", config->http.cert_file,
	    "http.tls.key_file", config->http.key_file);
	if (*config->http.listen != '\0')
		check_http_listen(draft);
}

void
validate_servers(struct draft *draft)
{
	check_ldap(draft);
	check_notify(draft);
	check_smtp(draft);
	check_report(draft);
	check_http(draft);
}
