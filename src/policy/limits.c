/*
 * limits.c -- is an account over its limits? Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/limits.h"

#include "store/places.h"

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
	const struct judgement none = { CAUSE_NONE, 0, 0 };

	if (has_lists(settings)) {
		struct judgement list = { judge_lists(settings, login), 1, 0 };

		return list.cause == CAUSE_NONE ? none : list;
	}
	for (int i = 0; i < MEASURE_COUNT; i++)
		if (settings->limits[i] != UNLIMITED &&
		    evidence->found[i] > settings->limits[i])
			return (struct judgement){
				(enum cause)measures[i].cause,
				evidence->found[i], settings->limits[i] };
	return none;
}

struct evidence
limits_count(const struct settings *settings,
    const struct login_record *logins, size_t count,
    const struct login *extra)
{
	struct tally tally = { 0 };

	for (size_t i = 0; i < count; i++) {
		if (!logins[i].is_within ||
		    (extra != NULL &&
			addr_equal(&logins[i].network, &extra->network)))
			continue;
		tally_add(&tally, settings, logins[i].country,
		    logins[i].asn, 1);
	}
	if (extra != NULL)
		tally_add(&tally, settings, extra->country, extra->asn, 1);
	return tally_end(&tally);
}

bool
limits_is_home(const struct settings *settings, const char *country)
{
	return countries_has(&settings->home_countries, country);
}
