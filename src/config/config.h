/*
 * config.h -- the configuration, read once and then constant.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Defaults, the YAML file and POLICYD_* environment variables, in that order,
 * make one immutable struct. Every key has one row in config/options.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "base/log.h"
#include "config/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct netset;

struct strings {
	size_t count;
	char **list;
};

enum mode { MODE_ENFORCE, MODE_OBSERVE };
enum identity { IDENTITY_SASL_USERNAME, IDENTITY_SENDER, IDENTITY_CLIENT };
enum { IDENTITY_KEYS_MAX = 3 };
enum rates_count { RATES_MESSAGES, RATES_RECIPIENTS };
enum rates_stage { STAGE_RCPT, STAGE_DATA, STAGE_END_OF_MESSAGE };
enum decisions { DECISIONS_ALL, DECISIONS_REFUSED };
enum ldap_scope { SCOPE_BASE, SCOPE_ONE, SCOPE_SUB };
enum ldap_unknown { UNKNOWN_KEEP, UNKNOWN_SKIP };
enum smtp_tls { SMTP_TLS_NONE, SMTP_TLS_STARTTLS, SMTP_TLS_WRAPPED };

struct config {
	char *path;	/* the file it was read from */
	enum mode mode;
	struct strings listen;
	struct {
		uint32_t mode;	/* permission bits */
		char *user, *group;
	} socket;
	struct {
		uint32_t workers;
		char *user, *group;
		char *pidfile;	/* "": none; so with every path below */
		uint32_t deadline_ms;
		uint32_t idle_timeout_s;
		uint32_t max_connections;
	} server;
	struct {
		char *url;
		char *password_file;
		char *password;		/* what password_file holds, or NULL */
		bool create;
		bool prepare;		/* named prepared statements */
		uint32_t retention_s;	/* never less than the window */
	} store;
	struct {
		char *country;
		uint32_t reload_s;
	} geoip;
	struct {
		enum identity keys[IDENTITY_KEYS_MAX];
		size_t key_count;
		char *extension;	/* recipient delimiter, "" for none */
		struct strings domains;	/* lower case */
	} identity;
	struct {
		uint32_t ipv4_prefix, ipv6_prefix;
		bool private;
	} count;
	struct {
		struct strings accounts;	/* lower case; "@d" for a domain */
		struct networks networks_list;	/* as written */
		char *networks_file;
		struct netset *networks;	/* all: list, file, private */
		struct countries countries;	/* also settings.exempt_... */
	} exempt;
	struct settings settings;	/* limits, home and rates.rules */
	struct {
		bool enabled;
		uint32_t duration_s;	/* 0: until unblocked */
	} block;
	struct {
		enum rates_count count;
		enum rates_stage stage;
		struct networks networks_list;
		struct netset *networks;	/* NULL: all */
	} rates;
	struct {
		char *ok, *blocked, *over_limit, *over_rate, *error;
	} actions;
	size_t override_count;
	struct override *overrides;	/* first match wins */
	struct {
		bool enabled;
		struct strings uris;
		char *base, *bind_dn, *bind_password_file;
		char *bind_password;	/* what the file holds, or NULL */
		char *filter, *attribute;
		enum ldap_scope scope;
		bool starttls;
		char *ca_file, *cert_file, *key_file;	/* ldap.tls.* */
		bool verify;				/* ldap.tls.verify */
		bool sasl_external;
		uint32_t timeout_ms;
		uint32_t cache_s;
		enum ldap_unknown unknown;
	} ldap;
	struct {
		bool enabled;
		char *from;
		struct strings to;
		char *subject;
		char *template;		/* a file */
		char *content_type;
		bool on_block, on_unblock;	/* notify.on */
		bool account;		/* write to the account's address too */
		char *account_template;
		struct strings exec;	/* program and arguments */
		char *webhook;		/* URL */
		char *webhook_secret_file;
		char *webhook_secret;
	} notify;
	struct {
		char *host;
		uint32_t port;
		char *helo;
		enum smtp_tls tls;
		char *ca_file;		/* "" : the system's */
		char *username, *password_file;
		char *password;
		uint32_t timeout_s;
	} smtp;
	struct {
		bool enabled;
		struct strings to;
		char *subject;
		bool only_if_needed;
	} report;
	struct {
		char *listen;		/* "127.0.0.1:80", "unix:/path" */
		char *cert_file, *key_file;	/* http.tls.* */
		struct strings users;	/* "name:hash", crypt(3); "*": locked */
		struct strings tokens;	/* "scope:hash", SHA-256 in hex */
	} http;
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

/* Write the effective values as YAML that config_load reads back to the same.
 * Passwords and hashes are masked, what a secret file holds is not written. */
void config_dump(const struct config *, FILE *);

/* Write one value without quotes, a list one item a line. Return 0, or -1 if
 * there is no such key. */
int config_get(const struct config *, const char *key, FILE *);

#endif
