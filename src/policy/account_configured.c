/*
 * account_configured.c -- what the configuration says of one account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/account_configured.h"

#include "base/mem.h"
#include "base/names.h"

#include <stdlib.h>
#include <string.h>

struct configured {
	const struct config *config;
	struct names *exempt;
	struct names *index;		/* account or @domain: its override */
	struct settings *settings;	/* one for each override */
};

struct configured *
configured_new(const struct config *config)
{
	struct configured *overrides = mem_new(1, sizeof(*overrides));

	overrides->config = config;
	overrides->exempt = names_new();
	for (size_t i = 0; i < config->exempt.accounts.count; i++)
		names_add(overrides->exempt, config->exempt.accounts.list[i],
		    i);
	overrides->index = names_new();
	overrides->settings =
	    mem_new(config->override_count, sizeof(*overrides->settings));
	for (size_t i = 0; i < config->override_count; i++) {
		const struct override *override = &config->overrides[i];

		overrides->settings[i] = config->settings;
		settings_overlay(&overrides->settings[i], override,
		    ORIGIN_YAML);
		if (override->account != NULL)
			names_add(overrides->index, override->account, i);
	}
	return overrides;
}

void
configured_free(struct configured *overrides)
{
	if (overrides == NULL)
		return;
	names_free(overrides->exempt);
	names_free(overrides->index);
	free(overrides->settings);
	free(overrides);
}

/* "@domain" of an account, or NULL. */
static const char *
domain_of(const char *account)
{
	return strrchr(account, '@');
}

bool
configured_is_exempt(const struct configured *overrides, const char *account)
{
	const char *domain = domain_of(account);

	return names_find(overrides->exempt, account) != NAMES_NONE ||
	    (domain != NULL &&
		names_find(overrides->exempt, domain) != NAMES_NONE);
}

/* The first override of a network that the address is in, or NAMES_NONE. */
static long
find_network(const struct config *config, const char *account)
{
	struct addr addr;

	if (addr_parse(account, &addr) != 0)
		return NAMES_NONE;
	for (size_t i = 0; i < config->override_count; i++)
		if (config->overrides[i].network.bits != 0 &&
		    addr_within(&addr, &config->overrides[i].network))
			return (long)i;
	return NAMES_NONE;
}

/* The earlier of two finds, either of which may be none. */
static long
earlier(long a, long b)
{
	if (a == NAMES_NONE || b == NAMES_NONE)
		return a == NAMES_NONE ? b : a;
	return a < b ? a : b;
}

const struct settings *
configured_find(const struct configured *overrides, const char *account)
{
	const char *domain = domain_of(account);
	long first = names_find(overrides->index, account);

	if (domain != NULL)
		first = earlier(first, names_find(overrides->index, domain));
	else
		first = earlier(first,
		    find_network(overrides->config, account));
	return first == NAMES_NONE ? &overrides->config->settings :
				     &overrides->settings[first];
}
