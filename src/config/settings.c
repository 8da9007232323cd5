/*
 * settings.c -- what holds for one account: limits, rates and where from.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/settings.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const names[SETTING_RULES] = {
	[SETTING_HOME_COUNTRIES] = "limits.home.countries",
	[SETTING_ONLY_COUNTRIES] = "only_countries",
	[SETTING_ONLY_NETWORKS] = "only_networks",
	[SETTING_RATES] = "rates",
};

static const char *const origins[] = {
	[ORIGIN_GENERAL] = "general",
	[ORIGIN_YAML] = "override in the configuration",
	[ORIGIN_STORE_DOMAIN] = "override of the domain in the store",
	[ORIGIN_STORE_ACCOUNT] = "override of the account in the store",
};

const char *
settings_name(enum setting setting)
{
	if ((int)setting < MEASURE_COUNT)
		return measures[setting].option;
	return setting < SETTING_RULES ? names[setting] :
					 rules[setting - SETTING_RULES].key;
}

const char *
settings_origin(enum origin origin)
{
	return origins[origin];
}

void
settings_overlay(struct settings *settings, const struct override *override,
    enum origin origin)
{
	const struct settings *set = &override->set;
	const bool *has = override->has;

	for (int i = 0; i < MEASURE_COUNT; i++)
		if (has[i])
			settings->limits[i] = set->limits[i];
	if (has[SETTING_HOME_COUNTRIES])
		settings->home_countries = set->home_countries;
	if (has[SETTING_ONLY_COUNTRIES])
		settings->only_countries = set->only_countries;
	if (has[SETTING_ONLY_NETWORKS])
		settings->only_networks = set->only_networks;
	if (has[SETTING_RATES])
		settings->rates = set->rates;
	for (int i = 0; i < RULE_COUNT; i++)
		if (has[SETTING_RULES + i])
			settings->rules[i] = set->rules[i];
	for (int i = 0; i < SETTING_COUNT; i++)
		if (has[i])
			settings->origin[i] = (uint8_t)origin;
}

bool
countries_has(const struct countries *countries, const char *code)
{
	for (size_t i = 0; i < countries->count; i++)
		if (strcmp(countries->codes[i], code) == 0)
			return true;
	return false;
}

bool
networks_has(const struct networks *networks, const struct addr *addr)
{
	for (size_t i = 0; i < networks->count; i++)
		if (addr_within(addr, &networks->list[i]))
			return true;
	return false;
}

int
countries_add(struct countries *countries, const char *code)
{
	if (!isalpha((unsigned char)code[0]) ||
	    !isalpha((unsigned char)code[1]) || code[2] != '\0')
		return -1;
	countries->codes = mem_grow(countries->codes, countries->count + 1,
	    sizeof(*countries->codes));
	/* Reserved for the United Kingdom, but its code, which GeoIP files
	 * have, is GB (ISO 3166-1, exceptional reservations). */
	if (strcasecmp(code, "UK") == 0)
		code = "GB";
	for (int i = 0; i < 3; i++)
		countries->codes[countries->count][i] =
		    (char)toupper((unsigned char)code[i]);
	countries->count++;
	return 0;
}

void
countries_clear(struct countries *countries)
{
	free(countries->codes);
	memset(countries, 0, sizeof(*countries));
}

void
networks_add(struct networks *networks, const struct addr *network)
{
	networks->list = mem_grow(networks->list, networks->count + 1,
	    sizeof(*networks->list));
	networks->list[networks->count++] = *network;
}

void
networks_clear(struct networks *networks)
{
	free(networks->list);
	memset(networks, 0, sizeof(*networks));
}

void
override_clear(struct override *override)
{
	free(override->account);
	free(override->comment);
	countries_clear(&override->set.home_countries);
	countries_clear(&override->set.only_countries);
	networks_clear(&override->set.only_networks);
	memset(override, 0, sizeof(*override));
}
