/*
 * keys.c -- the table of every key of the configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/keys.h"

#include "config/config.h"

#define AT(field) \
	offsetof(struct config, field), sizeof(((struct config *)0)->field)
#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define SECRET(field) .aside = offsetof(struct config, field)

#define MILLION 1000000
#define DAY (24 * 60 * 60)
#define YEAR (366 * DAY)

enum {
	NAME = 64,  /* longest name of a user, group or attribute */
	LINE = 998, /* longest line of a mail (RFC 5322, 2.1.1) */
	/* Postfix passes an action on to the client: it must fit a reply. */
	ACTION = 400,
	LONG = 4096,
};

const struct key keys[] = {
	{ "mode", OPTION_WORD, AT(mode), "enforce", 0, 0,
	    WORDS("enforce", "observe"),
	    .help = "refuse mail, or only log what would be refused" },
	{ "listen", OPTION_STRINGS, AT(listen),
	    "unix:/var/spool/postfix/policyd/policy", 0, 64, NULL,
	    .help = "sockets that Postfix connects to" },

	{ "socket.mode", OPTION_OCTAL, AT(socket.mode), "0660", 0, 0777, NULL,
	    .help = "permissions of the Unix sockets" },
	{ "socket.user", OPTION_STRING, AT(socket.user), "policyd", 0, NAME,
	    NULL, .help = "owner of the Unix sockets" },
	{ "socket.group", OPTION_STRING, AT(socket.group), "postfix", 0, NAME,
	    NULL, .help = "group of the Unix sockets" },

	{ "server.workers", OPTION_NUMBER, AT(server.workers), "4", 1, 256,
	    NULL, .help = "processes that answer requests" },
	{ "server.user", OPTION_STRING, AT(server.user), "policyd", 0, NAME,
	    NULL, .help = "user to become when started as root" },
	{ "server.group", OPTION_STRING, AT(server.group), "policyd", 0, NAME,
	    NULL, .help = "group to become when started as root" },
	{ "server.pidfile", OPTION_OUTPUT, AT(server.pidfile), "", 0, LONG, NULL,
	    .help = "file for the process id" },
	{ "server.state", OPTION_OUTPUT, AT(server.state),
	    "/var/lib/policyd/blocked", 0, LONG, NULL,
	    .help = "file that tells after a restart who was blocked" },
	{ "server.status", OPTION_OUTPUT, AT(server.status),
	    "/run/policyd/status", 0, LONG, NULL,
	    .help = "file that tells --status how the server is" },
	{ "server.deadline", OPTION_MS, AT(server.deadline_ms), "2s", 100,
	    90000, NULL, .help = "longest time to an answer" },
	{ "server.idle_timeout", OPTION_SECONDS, AT(server.idle_timeout_s),
	    "15m", 1, DAY, NULL,
	    .help = "close connections that are silent so long" },
	{ "server.max_connections", OPTION_NUMBER, AT(server.max_connections),
	    "1024", 1, 65536, NULL, .help = "connections per worker" },

	{ "store.url", OPTION_URL, AT(store.url), "postgresql:///policyd", 1,
	    LONG, NULL, .help = "the database" },
	{ "store.password_file", OPTION_SECRET, AT(store.password_file), "", 0,
	    LONG, NULL, .help = "file with the password of the database",
	    SECRET(store.password) },
	{ "store.create", OPTION_BOOL, AT(store.create), "true", 0, 0, NULL,
	    .help = "create or upgrade the schema at start" },
	{ "store.prepare", OPTION_BOOL, AT(store.prepare), "true", 0, 0, NULL,
	    .help = "use named prepared statements" },
	{ "store.retention", OPTION_SECONDS, AT(store.retention_s), "30d", 1,
	    10 * YEAR, NULL, .help = "--clean deletes logins older than this" },

	{ "geoip.country", OPTION_PATH, AT(geoip.files[GEOIP_COUNTRY]), "", 0,
	    LONG, NULL, .help = "MMDB file that knows countries" },
	{ "geoip.asn", OPTION_PATH, AT(geoip.files[GEOIP_ASN]), "", 0, LONG,
	    NULL, .help = "MMDB file that knows autonomous systems" },
	{ "geoip.city", OPTION_PATH, AT(geoip.files[GEOIP_CITY]), "", 0, LONG,
	    NULL, .help = "MMDB file that knows coordinates, and countries" },
	{ "geoip.reload", OPTION_SECONDS, AT(geoip.reload_s), "5m", 1, YEAR,
	    NULL, .help = "look for a newer file this often" },

	{ "identity.keys", OPTION_IDENTITY, AT(identity.keys), "sasl_username",
	    1, IDENTITY_KEYS_MAX,
	    WORDS("sasl_username", "sender", "client_address"),
	    .help = "attributes that name the account, first non-empty wins" },
	{ "identity.extension", OPTION_STRING, AT(identity.extension), "", 0, 8,
	    NULL, .help = "recipient delimiters: joe+x@d is joe@d" },
	{ "identity.domains", OPTION_DOMAINS, AT(identity.domains), "", 0,
	    MILLION, NULL, .help = "count accounts of these domains only" },

	{ "count.ipv4_prefix", OPTION_NUMBER, AT(count.ipv4_prefix), "32", 8,
	    32, NULL,
	    .help = "leading bits of an IPv4 address that are its network" },
	{ "count.ipv6_prefix", OPTION_NUMBER, AT(count.ipv6_prefix), "64", 16,
	    128, NULL,
	    .help = "leading bits of an IPv6 address that are its network" },
	{ "count.private", OPTION_BOOL, AT(count.private), "false", 0, 0, NULL,
	    .help = "count logins from loopback and private networks" },

	{ "exempt.accounts", OPTION_ACCOUNTS, AT(exempt.accounts), "", 0,
	    MILLION, NULL,
	    .help = "accounts and @domains that are never limited" },
	{ "exempt.networks", OPTION_NETWORKS, AT(exempt.networks_list), "", 0,
	    MILLION, NULL, .help = "networks whose logins are not counted" },
	{ "exempt.networks_file", OPTION_PATH, AT(exempt.networks_file), "", 0,
	    LONG, NULL, .help = "file with more of them, one a line" },
	{ "exempt.countries", OPTION_COUNTRIES, AT(exempt.countries), "", 0,
	    1000, NULL, .help = "countries whose logins do not count" },

	{ "providers.file", OPTION_PATH, AT(providers.file), "", 0, LONG, NULL,
	    .help = "networks and AS numbers that strangers share, one a line" },
	{ "providers.asns", OPTION_ASNS, AT(providers.asns), "", 0, 10000,
	    NULL, .help = "more autonomous systems" },
	{ "providers.networks", OPTION_NETWORKS, AT(providers.networks), "", 0,
	    MILLION, NULL, .help = "more networks" },

	{ "limits.window", OPTION_SECONDS, AT(settings.window_s), "24h", 1,
	    YEAR, NULL, .help = "logins of the last so long are counted" },
#define LIMIT(id, option, initial, least, text)                                \
	{ option, OPTION_LIMIT, AT(settings.limits[MEASURE_##id]), initial,    \
	    least, MILLION, NULL, .help = text },
#define FOREIGN(id, name, what, key, initial, least, cause, many, one, help)   \
	LIMIT(id, "limits." key, initial, least, help)
#include "config/measures.def"
	{ "limits.home.countries", OPTION_COUNTRIES,
	    AT(settings.home_countries), "", 0, 1000, NULL,
	    .help = "countries that are home" },
#define HOME(id, name, what, key, initial, least, cause, many, one, help)      \
	LIMIT(id, "limits.home." key, initial, least, help)
#include "config/measures.def"
#undef LIMIT

	{ "block.enabled", OPTION_BOOL, AT(block.enabled), "true", 0, 0, NULL,
	    .help = "block an account that is over its limit" },
	{ "block.duration", OPTION_SECONDS, AT(block.duration_s), "24h", 0,
	    10 * YEAR, NULL, .help = "for so long; 0: until unblocked" },

	{ "history.warm_up", OPTION_SECONDS, AT(history.warm_up_s), "7d", 0,
	    60 * DAY, NULL,
	    .help = "a new store learns so long before it judges" },
#define RULE(id, key, kind, initial, least, most, text)                        \
	{ key, OPTION_RULE, AT(settings.rules[RULE_##id]), initial, least,     \
	    most, NULL, .help = text },
#include "config/rules.def"

	{ "rates.count", OPTION_WORD, AT(rates.count), "messages", 0, 0,
	    WORDS("messages", "recipients"), .help = "what a rate counts" },
	{ "rates.stage", OPTION_WORD, AT(rates.stage), "rcpt", 0, 0,
	    WORDS("rcpt", "data", "end-of-message"),
	    .help = "the protocol state that counts" },
	{ "rates.rules", OPTION_RULES, AT(settings.rates), "", 0,
	    RATE_RULES_MAX, NULL, .help = "so many mails in so long" },
	{ "rates.networks", OPTION_NETWORKS, AT(rates.networks_list), "", 0,
	    MILLION, NULL,
	    .help = "only clients in these are limited; none: all" },

	{ "actions.ok", OPTION_STRING, AT(actions.ok), "DUNNO", 1, ACTION, NULL,
	    .help = "answer to a request that passes" },
	{ "actions.blocked", OPTION_STRING, AT(actions.blocked),
	    "REJECT 5.7.1 ${account} is blocked: ${reason}. "
	    "Please contact your postmaster",
	    1, ACTION, NULL, .help = "answer to a blocked account" },
	{ "actions.over_limit", OPTION_STRING, AT(actions.over_limit),
	    "REJECT 5.7.1 ${account} is used from too many places", 1, ACTION,
	    NULL, .help = "answer over a limit while block.enabled is false" },
	{ "actions.over_rate", OPTION_STRING, AT(actions.over_rate),
	    "DEFER_IF_PERMIT 4.7.1 Rate limit of ${limit} mails per ${per} "
	    "reached, retry later",
	    1, ACTION, NULL, .help = "answer over a rate" },
	{ "actions.new_place", OPTION_STRING, AT(actions.new_place),
	    "DEFER_IF_PERMIT 4.7.1 Too many mails from a network that ${account} "
	    "never used before, retry later",
	    1, ACTION, NULL,
	    .help = "answer to mail over the quota of new places" },
	{ "actions.error", OPTION_STRING, AT(actions.error), "DUNNO", 1, ACTION,
	    NULL, .help = "answer when the store or the deadline fails" },

	{ "overrides", OPTION_OVERRIDES, AT(overrides), "", 0, MILLION, NULL,
	    .help = "other settings for some accounts" },

	{ "ldap.enabled", OPTION_BOOL, AT(ldap.enabled), "false", 0, 0, NULL,
	    .help = "ask a directory for the account" },
	{ "ldap.uris", OPTION_STRINGS, AT(ldap.uris), "ldap://127.0.0.1", 1, 16,
	    NULL, .help = "directory servers, tried in order" },
	{ "ldap.base", OPTION_STRING, AT(ldap.base), "", 0, LINE, NULL,
	    .help = "where the search begins" },
	{ "ldap.bind_dn", OPTION_STRING, AT(ldap.bind_dn), "", 0, LINE, NULL,
	    .help = "who asks; empty: anonymous" },
	{ "ldap.bind_password_file", OPTION_SECRET, AT(ldap.bind_password_file),
	    "", 0, LONG, NULL, .help = "file with the password of bind_dn",
	    SECRET(ldap.bind_password) },
	{ "ldap.filter", OPTION_STRING, AT(ldap.filter),
	    "(&(objectClass=*)(mailAlias=%s))", 1, LINE, NULL,
	    .help = "search filter; %s is the name to look up" },
	{ "ldap.attribute", OPTION_STRING, AT(ldap.attribute), "mailAccount", 1,
	    NAME, NULL, .help = "attribute that holds the account" },
	{ "ldap.scope", OPTION_WORD, AT(ldap.scope), "sub", 0, 0,
	    WORDS("base", "one", "sub"), .help = "how deep to search" },
	{ "ldap.starttls", OPTION_BOOL, AT(ldap.starttls), "false", 0, 0, NULL,
	    .help = "encrypt ldap:// by StartTLS" },
	{ "ldap.tls.ca_file", OPTION_PATH, AT(ldap.ca_file), "", 0, LONG, NULL,
	    .help = "certificates to trust; empty: the system's" },
	{ "ldap.tls.cert_file", OPTION_PATH, AT(ldap.cert_file), "", 0, LONG,
	    NULL, .help = "own certificate" },
	{ "ldap.tls.key_file", OPTION_PATH, AT(ldap.key_file), "", 0, LONG,
	    NULL, .help = "key of the own certificate" },
	{ "ldap.tls.verify", OPTION_BOOL, AT(ldap.verify), "true", 0, 0, NULL,
	    .help = "refuse a server whose certificate is not good" },
	{ "ldap.sasl_external", OPTION_BOOL, AT(ldap.sasl_external), "false", 0,
	    0, NULL, .help = "authenticate by the own certificate" },
	{ "ldap.timeout", OPTION_MS, AT(ldap.timeout_ms), "1s", 10, 60000, NULL,
	    .help = "longest wait for the directory" },
	{ "ldap.cache", OPTION_SECONDS, AT(ldap.cache_s), "5m", 0, 7 * DAY,
	    NULL, .help = "remember an answer so long" },
	{ "ldap.unknown", OPTION_WORD, AT(ldap.unknown), "keep", 0, 0,
	    WORDS("keep", "skip"),
	    .help = "a name the directory does not know" },

	{ "notify.enabled", OPTION_BOOL, AT(notify.enabled), "false", 0, 0,
	    NULL, .help = "tell about blocks" },
	{ "notify.from", OPTION_STRING, AT(notify.from), "", 0, 320, NULL,
	    .help = "sender of notifications and reports" },
	{ "notify.to", OPTION_STRINGS, AT(notify.to), "", 0, 100, NULL,
	    .help = "recipients" },
	{ "notify.subject", OPTION_STRING, AT(notify.subject),
	    "[policyd] ${account} was blocked", 1, LINE, NULL,
	    .help = "subject" },
	{ "notify.template", OPTION_PATH, AT(notify.template), "", 0, LONG,
	    NULL, .help = "file with the text of the mail" },
	{ "notify.content_type", OPTION_STRING, AT(notify.content_type),
	    "text/plain", 3, 127, NULL, .help = "type of that text" },
	{ "notify.events", OPTION_FLAGS, AT(notify.on_block), "block, unblock",
	    0, 2, WORDS("block", "unblock"), .help = "events to tell about" },
	{ "notify.account", OPTION_BOOL, AT(notify.account), "false", 0, 0,
	    NULL, .help = "write to the account's own address too" },
	{ "notify.account_template", OPTION_PATH, AT(notify.account_template),
	    "", 0, LONG, NULL, .help = "file with the text of that mail" },
	{ "notify.parallel", OPTION_NUMBER, AT(notify.parallel), "4", 1, 64,
	    NULL, .help = "deliveries at once, in each way of telling" },
	{ "notify.exec", OPTION_STRINGS, AT(notify.exec), "", 0, 64, NULL,
	    .help = "program to run, and its arguments" },
	{ "notify.webhook", OPTION_URL, AT(notify.webhook), "", 0, LONG, NULL,
	    .help = "URL to post events to" },
	{ "notify.webhook_secret_file", OPTION_SECRET,
	    AT(notify.webhook_secret_file), "", 0, LONG, NULL,
	    .help = "file with the key that signs them",
	    SECRET(notify.webhook_secret) },

	{ "smtp.host", OPTION_STRING, AT(smtp.host), "localhost", 1, 255, NULL,
	    .help = "mail server that takes notifications" },
	{ "smtp.port", OPTION_NUMBER, AT(smtp.port), "25", 1, 65535, NULL,
	    .help = "its port" },
	{ "smtp.helo", OPTION_STRING, AT(smtp.helo), "", 0, 255, NULL,
	    .help = "name to greet it with; empty: the host's" },
	{ "smtp.tls", OPTION_WORD, AT(smtp.tls), "none", 0, 0,
	    WORDS("none", "starttls", "wrapped"), .help = "encryption" },
	{ "smtp.ca_file", OPTION_PATH, AT(smtp.ca_file), "", 0, LONG, NULL,
	    .help = "certificates to trust; empty: the system's" },
	{ "smtp.username", OPTION_STRING, AT(smtp.username), "", 0, 255, NULL,
	    .help = "name to log in with" },
	{ "smtp.password_file", OPTION_SECRET, AT(smtp.password_file), "", 0,
	    LONG, NULL, .help = "file with its password",
	    SECRET(smtp.password) },
	{ "smtp.timeout", OPTION_SECONDS, AT(smtp.timeout_s), "30s", 1, 600,
	    NULL, .help = "longest time for a delivery" },

	{ "report.enabled", OPTION_BOOL, AT(report.enabled), "false", 0, 0,
	    NULL, .help = "--clean sends the report" },
	{ "report.to", OPTION_STRINGS, AT(report.to), "", 0, 100, NULL,
	    .help = "recipients of the report" },
	{ "report.subject", OPTION_STRING, AT(report.subject), "policyd report",
	    1, LINE, NULL, .help = "its subject" },
	{ "report.only_if_needed", OPTION_BOOL, AT(report.only_if_needed),
	    "true", 0, 0, NULL,
	    .help = "send none when there is nothing to report" },

	{ "http.listen", OPTION_STRING, AT(http.listen), "", 0, 255, NULL,
	    .help = "address of the HTTP interface; empty: none" },
	{ "http.tls.cert_file", OPTION_PATH, AT(http.cert_file), "", 0, LONG,
	    NULL, .help = "certificate; empty: no TLS" },
	{ "http.tls.key_file", OPTION_PATH, AT(http.key_file), "", 0, LONG,
	    NULL, .help = "key of the certificate" },
	{ "http.compat_reload", OPTION_BOOL, AT(http.compat_reload), "false",
	    0, 0, NULL, .help = "GET /reload reloads, not POST alone" },
	{ "http.users", OPTION_USERS, AT(http.users), "", 0, 1000, NULL,
	    .help = "who may use it, with password hashes" },
	{ "http.tokens", OPTION_TOKENS, AT(http.tokens), "", 0, 1000,
	    WORDS("read", "operate", "admin"),
	    .help = "bearer tokens and their scope" },

	{ "log.to", OPTION_WORD, AT(log.to_syslog), "stderr", 0, 0,
	    WORDS("stderr", "syslog"), .help = "where the log goes" },
	{ "log.level", OPTION_WORD, AT(log.level), "info", 0, 0,
	    WORDS("error", "warning", "info", "debug"),
	    .help = "what is less important is not logged" },
	{ "log.format", OPTION_WORD, AT(log.is_json), "text", 0, 0,
	    WORDS("text", "json"), .help = "lines of text, or of JSON" },
	{ "log.decisions", OPTION_WORD, AT(log_decisions), "all", 0, 0,
	    WORDS("all", "refused"), .help = "which answers are logged" },
	{ .key = NULL },
};
