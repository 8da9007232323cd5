/*
 * test_settings.c -- what holds for one account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/settings.h"
#include "unit.h"

#include <string.h>

START_TEST(an_override_is_laid_over_key_by_key)
{
	struct settings settings = { .window_s = 60, .limits = {
		[MEASURE_COUNTRIES] = 3, [MEASURE_NETWORKS] = 10,
		[MEASURE_HOME_COUNTRIES] = 4, [MEASURE_HOME_NETWORKS] = 11 } };
	struct override of_yaml = { .has = { [MEASURE_COUNTRIES] = true,
					[SETTING_RATES] = true } };
	struct override of_store = { .has = { [MEASURE_COUNTRIES] = true } };

	settings.rates.count = 1;
	of_yaml.set.limits[MEASURE_COUNTRIES] = 20;
	of_yaml.set.limits[MEASURE_NETWORKS] = 99; /* it has no such key */
	of_store.set.limits[MEASURE_COUNTRIES] = UNLIMITED;
	settings_overlay(&settings, &of_yaml, ORIGIN_YAML);
	ck_assert_uint_eq(settings.limits[MEASURE_COUNTRIES], 20);
	ck_assert_uint_eq(settings.limits[MEASURE_NETWORKS], 10);
	ck_assert_uint_eq(settings.rates.count, 0);
	ck_assert_uint_eq(settings.window_s, 60);
	settings_overlay(&settings, &of_store, ORIGIN_STORE_ACCOUNT);
	ck_assert_uint_eq(settings.limits[MEASURE_COUNTRIES], UNLIMITED);
	ck_assert_int_eq(settings.origin[MEASURE_COUNTRIES],
	    ORIGIN_STORE_ACCOUNT);
	ck_assert_int_eq(settings.origin[SETTING_RATES], ORIGIN_YAML);
	ck_assert_int_eq(settings.origin[MEASURE_NETWORKS], ORIGIN_GENERAL);
}
END_TEST

/* Each setting is laid over by its own flag and by no other. */
START_TEST(every_setting_has_its_flag)
{
	for (int i = 0; i < SETTING_COUNT; i++) {
		struct settings settings = { 0 };
		struct override all = { .account = NULL };
		struct addr addr = { .bits = 32 };
		char codes[1][3] = { "DE" };
		unsigned changed = 0;

		for (int k = 0; k < MEASURE_COUNT; k++)
			all.set.limits[k] = 1;
		for (int k = 0; k < RULE_COUNT; k++)
			all.set.rules[k] = 1;
		all.set.home_countries.codes = codes;
		all.set.only_countries.codes = codes;
		all.set.only_networks.list = &addr;
		all.set.rates.count = 1;
		all.has[i] = true;
		settings_overlay(&settings, &all, ORIGIN_YAML);
		for (int k = 0; k < MEASURE_COUNT; k++)
			changed += settings.limits[k];
		for (int k = 0; k < RULE_COUNT; k++)
			changed += settings.rules[k];
		changed += settings.home_countries.codes != NULL;
		changed += settings.only_countries.codes != NULL;
		changed += settings.only_networks.list != NULL;
		changed += settings.rates.count == 1;
		ck_assert_msg(changed == 1, "%s: %u", settings_name(i),
		    changed);
		ck_assert_int_eq(settings.origin[i], ORIGIN_YAML);
	}
}
END_TEST

START_TEST(names)
{
	for (int i = 0; i < SETTING_COUNT; i++)
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(settings_name(i), settings_name(j));
	for (int i = 0; i <= ORIGIN_STORE_ACCOUNT; i++)
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(settings_origin(i),
			    settings_origin(j));
}
END_TEST

START_TEST(country_lists)
{
	static const char *const bad[] = { "", "D", "DEU", "1A", "A1", "D ",
		"\xc3\xa9" };
	struct countries countries = { 0 };

	for (size_t i = 0; i < ROWS(bad); i++)
		ck_assert_msg(countries_add(&countries, bad[i]) == -1, "%s",
		    bad[i]);
	ck_assert(!countries_has(&countries, ""));
	ck_assert_int_eq(countries_add(&countries, "de"), 0);
	ck_assert_int_eq(countries_add(&countries, "At"), 0);
	ck_assert_uint_eq(countries.count, 2);
	ck_assert(countries_has(&countries, "DE"));
	ck_assert(countries_has(&countries, "AT"));
	ck_assert(!countries_has(&countries, "CH"));
	ck_assert(!countries_has(&countries, ""));
	ck_assert_int_eq(countries_add(&countries, "uk"), 0);
	ck_assert(countries_has(&countries, "GB"));
	ck_assert(!countries_has(&countries, "UK"));
	countries_clear(&countries);
	ck_assert_uint_eq(countries.count, 0);
}
END_TEST

START_TEST(network_lists)
{
	struct networks networks = { 0 };
	struct addr addr;

	ck_assert_int_eq(addr_parse("192.0.2.0/24", &addr), 0);
	ck_assert(!networks_has(&networks, &addr));
	networks_add(&networks, &addr);
	ck_assert_int_eq(addr_parse("2001:db8::/32", &addr), 0);
	networks_add(&networks, &addr);
	ck_assert_int_eq(addr_parse("192.0.2.255", &addr), 0);
	ck_assert(networks_has(&networks, &addr));
	ck_assert_int_eq(addr_parse("192.0.3.0", &addr), 0);
	ck_assert(!networks_has(&networks, &addr));
	ck_assert_int_eq(addr_parse("2001:db8:1::1", &addr), 0);
	ck_assert(networks_has(&networks, &addr));
	networks_clear(&networks);
	ck_assert_uint_eq(networks.count, 0);
}
END_TEST

UNIT("config/settings", an_override_is_laid_over_key_by_key,
    every_setting_has_its_flag, names, country_lists, network_lists)
