/*
 * limits.c -- is an account over its limits? Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/limits.h"

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

/* The countries seen so far: one bit for each two letters. */
struct seen {
	bool is_seen[26 * 26];
};

/* Is this country new? Then it is not from now on. "" never is. */
static bool
is_new_country(struct seen *seen, const char *country)
{
	size_t i;

	if (country[0] < 'A' || country[0] > 'Z' || country[1] < 'A' ||
	    country[1] > 'Z')
		return false;
	i = (size_t)(country[0] - 'A') * 26 + (size_t)(country[1] - 'A');
	if (seen->is_seen[i])
		return false;
	seen->is_seen[i] = true;
	return true;
}

static void
count_one(struct evidence *evidence, const struct settings *settings,
    struct seen *seen, const char *country)
{
	bool is_new = is_new_country(seen, country);

	if (countries_has(&settings->exempt_countries, country))
		return;
	if (limits_is_home(settings, country)) {
		evidence->home_networks++;
		evidence->home_countries += is_new;
	} else {
		evidence->networks++;
		evidence->countries += is_new;
	}
}

struct evidence
limits_count(const struct settings *settings,
    const struct login_record *logins, size_t count,
    const struct login *extra)
{
	struct evidence evidence = { 0, 0, 0, 0 };
	struct seen seen = { { false } };

	for (size_t i = 0; i < count; i++) {
		if (!logins[i].is_within ||
		    (extra != NULL &&
			addr_equal(&logins[i].network, &extra->network)))
			continue;
		count_one(&evidence, settings, &seen, logins[i].country);
	}
	if (extra != NULL)
		count_one(&evidence, settings, &seen, extra->country);
	return evidence;
}

bool
limits_is_home(const struct settings *settings, const char *country)
{
	return countries_has(&settings->home_countries, country);
}
