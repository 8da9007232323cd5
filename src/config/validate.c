/*
 * validate.c -- what the values of a configuration must be to each other.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/validate.h"

#include "base/netset.h"
#include "base/private_networks.h"
#include "config/endpoint.h"
#include "config/macros.h"
#include "config/providers.h"
#include "config/secret.h"
#include "config/validate_servers.h"

#include <assert.h>
#include <string.h>
#include <sys/stat.h>

/* Is it there already? */
static bool
is_known(const struct endpoints *endpoints, const struct endpoint *endpoint)
{
	for (size_t i = 0; i < endpoints->count; i++)
		if (endpoint_equal(&endpoints->list[i], endpoint))
			return true;
	return false;
}

static void
check_listen(struct draft *draft)
{
	const struct strings *listen = &draft->config->listen;

	for (size_t i = 0; i < listen->count; i++) {
		const char *spec = listen->list[i];
		struct endpoint endpoint;
		const char *wrong;

		if (strncmp(spec, "inet:", 5) != 0 &&
		    strncmp(spec, "unix:", 5) != 0)
			wrong = "it must begin with unix: or inet:";
		else
			wrong = endpoint_parse(&endpoint, spec);
		if (wrong == NULL &&
		    is_known(&draft->config->endpoints, &endpoint))
			wrong = "it is there twice";
		endpoint.service = ENDPOINT_POLICY;
		if (wrong != NULL)
			draft_refuse(draft, "listen",
			    "found \"%s\": %s; allowed are unix:/path, "
			    "inet:192.0.2.1:4646 and inet:[::1]:4646",
			    spec, wrong);
		else
			endpoints_add(&draft->config->endpoints, &endpoint);
	}
}

/* "sqlite:/path", a URL of libpq, or its keywords. */
static void
check_store(struct draft *draft)
{
	struct config *config = draft->config;
	const char *url = config->store.url;
	const char *rest = strstr(url, "://");

	/* What is older than the window is never missed, younger would be. */
	if (config->store.retention_s < config->settings.window_s)
		config->store.retention_s = config->settings.window_s;
	if (strncmp(url, "sqlite:", 7) == 0) {
		if (url[7] != '/' || url[8] == '\0' || url[8] == '/')
			draft_refuse(draft, "store.url",
			    "found \"%s\": the path of the file must be "
			    "absolute, as in sqlite:/var/lib/policyd/"
			    "policyd.db",
			    url);
		return;
	}
	if (strncmp(url, "postgresql://", 13) != 0 &&
	    strncmp(url, "postgres://", 11) != 0) {
		if (rest != NULL || strchr(url, '=') == NULL)
			draft_refuse(draft, "store.url",
			    "allowed are sqlite:/path, "
			    "postgresql://user@host/database and "
			    "\"host=... dbname=...\"");
		return;
	}
	/* libpq would take the password for a port, and show it. */
	rest += 3;
	rest += strcspn(rest, "/?");
	if (memchr(rest, '@', strcspn(rest, "?")) != NULL)
		draft_refuse(draft, "store.url",
		    "there is an @ behind the first /; in a name or password "
		    "write %%2F for / and %%40 for @");
}

/* No limit of 0 for everybody: it would block each account at once. */
static void
check_limits(struct draft *draft)
{
	struct config *config = draft->config;

	if (config->settings.home_countries.count > 0 ||
	    config->override_count > 0)
		return;
	for (int i = 0; i < MEASURE_COUNT; i++)
		if (config->settings.limits[i] == 0)
			draft_refuse(draft, measures[i].option,
			    "found 0, which blocks every account at its first "
			    "login; set limits.home.countries too, or write "
			    "unlimited");
}

static void
check_action(struct draft *draft, const char *key, const char *action)
{
	char unknown[64];

	if (macros_check(action, macros_known, unknown, sizeof(unknown)) != 0)
		draft_refuse(draft, key,
		    "found \"%s\", which is none of the macros %s", unknown,
		    macros_known);
	if (action[strspn(action, "0123456789 ")] == '\0')
		draft_refuse(draft, key,
		    "found \"%s\", which Postfix takes for OK; allowed is an "
		    "action of access(5) such as REJECT or 450 4.7.1 TEXT",
		    action);
	else if (action[0] == ' ')
		draft_refuse(draft, key,
		    "found a blank before the action \"%s\"", action);
}

static void
check_actions(struct draft *draft)
{
	const struct config *config = draft->config;

	check_action(draft, "actions.ok", config->actions.ok);
	check_action(draft, "actions.blocked", config->actions.blocked);
	check_action(draft, "actions.over_limit", config->actions.over_limit);
	check_action(draft, "actions.over_rate", config->actions.over_rate);
	check_action(draft, "actions.new_place", config->actions.new_place);
	check_action(draft, "actions.error", config->actions.error);
}

/* Nothing to wait on: a pipe would be. */
static bool
is_plain_file(struct draft *draft, const char *key, const char *path)
{
	struct stat info;

	if (stat(path, &info) != 0 || S_ISREG(info.st_mode))
		return true;
	draft_refuse(draft, key, "%s is not a plain file", path);
	return false;
}

/* Add the networks of a file. */
static void
load_networks(struct draft *draft, struct netset *set, const char *path)
{
	static const char key[] = "exempt.networks_file";
	char error[512];

	if (is_plain_file(draft, key, path) &&
	    netset_load(set, path, error, sizeof(error)) != 0)
		draft_refuse(draft, key, "%s", error);
}

static void
make_providers(struct draft *draft)
{
	static const char key[] = "providers.file";
	struct provider_options *options = &draft->config->providers;
	struct providers *all = providers_new();
	char error[512];
	uint32_t asn;

	for (size_t i = 0; i < options->networks.count; i++)
		providers_add_network(all, &options->networks.list[i]);
	for (size_t i = 0; i < options->asns.count; i++)
		if (providers_read_asn(options->asns.list[i], &asn) == 0)
			providers_add_asn(all, asn);
	if (*options->file != '\0' &&
	    is_plain_file(draft, key, options->file) &&
	    providers_load(all, options->file, error, sizeof(error)) != 0)
		draft_refuse(draft, key, "%s", error);
	providers_seal(all);
	options->all = all;
}

static struct netset *
make_set(const struct networks *networks)
{
	struct netset *set = netset_new();

	for (size_t i = 0; i < networks->count; i++)
		netset_add(set, &networks->list[i]);
	return set;
}

static void
make_sets(struct draft *draft)
{
	struct config *config = draft->config;

	config->exempt.networks = make_set(&config->exempt.networks_list);
	if (*config->exempt.networks_file != '\0')
		load_networks(draft, config->exempt.networks,
		    config->exempt.networks_file);
	if (!config->count.private)
		private_networks_add(config->exempt.networks);
	netset_seal(config->exempt.networks);
	make_providers(draft);
	if (config->rates.networks_list.count == 0)
		return;
	config->rates.networks = make_set(&config->rates.networks_list);
	netset_seal(config->rates.networks);
}

static void
load_secrets(struct draft *draft)
{
	for (const struct key *o = keys; o->key != NULL; o++) {
		const char *path;
		char error[256];
		char **secret;

		if (o->type != OPTION_SECRET)
			continue;
		path = *(char **)((char *)draft->config + o->offset);
		secret = (char **)((char *)draft->config + o->aside);
		if (*path == '\0')
			continue;
		*secret = secret_load(path, error, sizeof(error));
		if (*secret == NULL)
			draft_refuse(draft, o->key, "%s %s", path, error);
	}
}

/* Is there a hash that a password could be found for? */
static bool
has_hash(const struct strings *strings)
{
	const char *colon;

	for (size_t i = 0; i < strings->count; i++) {
		colon = strchr(strings->list[i], ':');
		assert(colon != NULL);
		if (strchr("*!", colon[1]) == NULL)
			return true;
	}
	return false;
}

static void
refuse_public(struct draft *draft, const char *key, bool is_secret)
{
	if (is_secret && draft->is_public && draft_is_in_file(draft, key))
		draft_refuse(draft, key,
		    "holds a secret, and everybody can read %s: chmod o-r",
		    draft->complaints.file);
}

void
validate(struct draft *draft)
{
	struct config *config = draft->config;

	check_listen(draft);
	check_store(draft);
	check_limits(draft);
	check_actions(draft);
	if (strpbrk(config->identity.extension, "@ ") != NULL)
		draft_refuse(draft, "identity.extension",
		    "found \"%s\", allowed are characters such as + or -",
		    config->identity.extension);
	config->settings.exempt_countries = config->exempt.countries;
	make_sets(draft);
	load_secrets(draft);
	validate_servers(draft);
	refuse_public(draft, "store.url", secret_is_in(config->store.url));
	refuse_public(
	    draft, "notify.webhook", secret_is_in(config->notify.webhook));
	refuse_public(draft, "http.users", has_hash(&config->http.users));
	refuse_public(draft, "http.tokens", has_hash(&config->http.tokens));
}
