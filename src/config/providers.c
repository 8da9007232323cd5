/*
 * providers.c -- which addresses are a provider's.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/providers.h"

#include "base/list_file.h"
#include "base/mem.h"
#include "base/netset.h"
#include "base/text.h"

#include <stdlib.h>
#include <strings.h>

struct providers {
	struct netset *networks;
	uint32_t *asns;		/* sorted once they are sealed */
	size_t count, room;
};

struct providers *
providers_new(void)
{
	struct providers *providers = mem_new(1, sizeof(*providers));

	providers->networks = netset_new();
	return providers;
}

void
providers_free(struct providers *providers)
{
	if (providers == NULL)
		return;
	netset_free(providers->networks);
	free(providers->asns);
	free(providers);
}

int
providers_read_asn(const char *text, uint32_t *asn)
{
	int64_t number;

	if (strncasecmp(text, "AS", 2) == 0)
		text += 2;
	number = text_parse_number(text, UINT32_MAX);
	if (number < 1)
		return -1;
	*asn = (uint32_t)number;
	return 0;
}

void
providers_add_network(struct providers *providers, const struct addr *network)
{
	netset_add(providers->networks, network);
}

void
providers_add_asn(struct providers *providers, uint32_t asn)
{
	if (providers->count == providers->room) {
		providers->room = providers->room == 0 ? 16 :
							 providers->room * 2;
		providers->asns = mem_grow(providers->asns, providers->room,
		    sizeof(*providers->asns));
	}
	providers->asns[providers->count++] = asn;
}

/* A bare number is an AS number in the configuration, where it stands among
 * its like; here it would more likely be a typing error. */
static const char *
take(void *opaque, const char *word)
{
	struct providers *providers = opaque;
	struct addr network;
	uint32_t asn;

	if (addr_parse(word, &network) == 0)
		providers_add_network(providers, &network);
	else if (strncasecmp(word, "AS", 2) == 0 &&
	    providers_read_asn(word, &asn) == 0)
		providers_add_asn(providers, asn);
	else
		return "is neither a network nor an AS number; write "
		       "192.0.2.0/24, 2001:db8::/32 or AS64500";
	return NULL;
}

int
providers_load(struct providers *providers, const char *path, char *error,
    size_t size)
{
	return list_file_read(path, take, providers, error, size);
}

static int
compare(const void *one, const void *other)
{
	uint32_t a = *(const uint32_t *)one;
	uint32_t b = *(const uint32_t *)other;

	return (a > b) - (a < b);
}

void
providers_seal(struct providers *providers)
{
	netset_seal(providers->networks);
	if (providers->count > 0)
		qsort(providers->asns, providers->count,
		    sizeof(*providers->asns), compare);
}

bool
providers_has(const struct providers *providers, const struct addr *addr,
    uint32_t asn)
{
	if (netset_has(providers->networks, addr))
		return true;
	return asn != 0 && providers->count > 0 &&
	    bsearch(&asn, providers->asns, providers->count,
		sizeof(*providers->asns), compare) != NULL;
}
