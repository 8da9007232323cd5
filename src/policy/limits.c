/*
 * limits.c -- is an account over its limits? Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/limits.h"

const struct store_policy limits_policy = { .judge = limits_judge };

static bool
has_lists(const struct settings *settings)
{
	return settings->only_countries.count > 0 ||
	    settings->only_networks.count > 0;
}

static enum cause
judge_lists(const struct settings *settings, const struct login *login)
{
	if (countries_has(&settings->exempt_countries, login->country))
		return CAUSE_NONE;
	if (settings->only_countries.count > 0 && login->country[0] != '\0' &&
	    !countries_has(&settings->only_countries, login->country))
		return CAUSE_ONLY_COUNTRIES;
	if (settings->only_networks.count > 0 &&
	    !networks_has(&settings->only_networks, &login->client))
		return CAUSE_ONLY_NETWORKS;
	return CAUSE_NONE;
}

struct judgement
limits_judge(const struct settings *settings, const struct evidence *evidence,
    const struct login *login)
{
	/* In this order, so that the cause named is the same everywhere. */
	const struct judgement numbers[] = {
		{ CAUSE_COUNTRIES, evidence->countries, settings->countries },
		{ CAUSE_NETWORKS, evidence->networks, settings->networks },
		{ CAUSE_HOME_COUNTRIES, evidence->home_countries,
		    settings->home_max_countries },
		{ CAUSE_HOME_NETWORKS, evidence->home_networks,
		    settings->home_max_networks },
	};
	const struct judgement none = { CAUSE_NONE, 0, 0 };

	if (has_lists(settings)) {
		struct judgement list = { judge_lists(settings, login), 1, 0 };

		return list.cause == CAUSE_NONE ? none : list;
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i].limit != UNLIMITED &&
		    numbers[i].found > numbers[i].limit)
			return numbers[i];
	return none;
}

struct evidence
limits_add(const struct evidence *before, const struct settings *settings,
    const struct login *login, bool is_new_country)
{
	struct evidence after = *before;

	if (countries_has(&settings->exempt_countries, login->country))
		return after;
	if (limits_is_home(settings, login->country)) {
		after.home_networks++;
		after.home_countries += is_new_country ? 1 : 0;
	} else {
		after.networks++;
		if (is_new_country && login->country[0] != '\0')
			after.countries++;
	}
	return after;
}

bool
limits_is_home(const struct settings *settings, const char *country)
{
	return countries_has(&settings->home_countries, country);
}
