/*
 * test_warnings.c -- what is allowed in a configuration but hardly meant.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/config.h"
#include "parse.h"
#include "unit.h"

#define FILES "geoip: {country: /x}\n"
#define TOKEN \
	"tokens: [\"read:0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef\"]"

static const struct {
	const char *text, *warning; /* NULL: none at all */
} rows[] = {
	{ "", NULL },
	{ "mode: observe", NULL },
	{ "texts: [{account: a, over_rate: DEFR x}]", "f:1:1: texts: [0].over_rate: "
	  "access(5) knows no action \"DEFR\"" },
	{ "texts: [{account: a, over_rate: DEFER x}]", NULL },
	{ "actions: {blocked: DUNO}", "f:1:20: actions.blocked: access(5) "
	  "knows no action \"DUNO\"" },
	{ "actions: {blocked: 'reject x', error: dunno}", NULL },
	{ "actions: {blocked: '554 5.7.1 x', error: 450}", "found \"450\"" },
	{ "actions: {ok: reject_unauth_destination}", NULL },
	{ "actions: {over_rate: 4x0 later}", "actions.over_rate" },
	{ "limits: {window: 24}", "limits.window: 24 seconds" },
	{ "limits: {window: 1h}", NULL },
	{ FILES "limits: {home: {countries: [DE, EU]}}",
	    "limits.home.countries: there is no country EU" },
	{ FILES "limits: {home: {countries: [DE, UK, XK]}}", NULL },
	{ "exempt: {countries: [XX]}", "exempt.countries: there is no country" },
	{ "overrides: [{account: a@b, only_countries: [ZZ]}]",
	    "there is no country ZZ" },
	{ "providers: {asns: [AS1]}", "providers.asns: has no effect" },
	{ "providers: {asns: [AS1]}\ngeoip: {asn: /x}", NULL },
	{ "limits: {countries: 2}", "limits.countries: has no effect" },
	{ "limits: {countries: 3}", "limits.countries: has no effect" },
	{ "limits: {asns: 2}", "limits.asns: has no effect without geoip.asn" },
	{ "limits: {asns: unlimited}", NULL },
	{ "limits: {asns: 2}\ngeoip: {asn: /x}", NULL },
	{ "limits: {countries: unlimited}", NULL },
	{ FILES "limits: {countries: 2}", NULL },
	{ "geoip: {city: /x}\nlimits: {countries: 2}", NULL },
	{ "overrides: [{account: \"@b\"}, {account: a@b}]",
	    "[1] (a@b) never matches: [0]" },
	{ "overrides: [{account: a@b}, {account: \"@b\"}]", NULL },
	{ "overrides: [{account: a@b}, {account: A@B}]",
	    "[1] (a@b) never matches: [0]" },
	{ "overrides: [{account: 192.0.2.0/24}]", "has no client_address" },
	{ "identity: {keys: [client_address]}\n"
	  "overrides: [{account: 192.0.2.0/25}, {account: 192.0.2.0/24}]",
	    NULL },
	{ "identity: {keys: [client_address]}\n"
	  "overrides: [{account: 192.0.2.0/24}, {account: 192.0.2.9}]",
	    "[1] (192.0.2.9) never matches: [0]" },
	{ "identity: {domains: [b]}\noverrides: [{account: a@c}]",
	    "its domain is not in identity.domains" },
	{ "identity: {domains: [b]}\noverrides: [{account: a@b}]", NULL },
	{ "identity: {keys: [sender]}\n"
	  "notify: {enabled: true, from: a@b, account: true}",
	    "notify.account: writes to whoever" },
	{ "notify: {enabled: true, from: a@b, account: true}", NULL },
	{ "http: {listen: '0.0.0.0:80', " TOKEN "}",
	    "http.listen: passwords and tokens go over the network" },
	{ "http: {listen: '127.0.0.1:80', " TOKEN "}", NULL },
	{ "http: {listen: '0.0.0.0:80', tls: {cert_file: /c, key_file: /k}, "
	  TOKEN "}", NULL },
};

START_TEST(what_is_hardly_meant)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		char *errors;
		struct config *config = parse(rows[i].text, &errors);
		const char *told = config != NULL ? config->warnings : errors;

		if (rows[i].warning == NULL)
			ck_assert_msg(config != NULL && *told == '\0',
			    "%s\n%s", rows[i].text, told);
		else
			ck_assert_msg(strstr(told, rows[i].warning) != NULL,
			    "%s\n%s", rows[i].text, told);
		config_free(config);
		free(errors);
	}
}
END_TEST

START_TEST(a_key_that_lacks_its_blanks)
{
	static const struct {
		const char *text, *error;
	} keys[] = {
		{ "limits:\ncountries: 7", "f:2:1: countries: no such key, did "
		  "you mean limits.countries? Indent it more than the section "
		  "limits:" },
		{ "limits:\n  window: 1h\ncountries: 7", "limits.countries?" },
		{ "limits:\n  home:\n  max_countries: 3",
		    "did you mean limits.home.max_countries?" },
		{ "server:\nurl: x", "did you mean store.url?" },
	};

	for (size_t i = 0; i < ROWS(keys); i++) {
		char *errors;

		ck_assert_ptr_null(parse(keys[i].text, &errors));
		ck_assert_msg(strstr(errors, keys[i].error) != NULL, "%s",
		    errors);
		free(errors);
	}
}
END_TEST

START_TEST(a_key_may_have_dots)
{
	char *errors;
	struct config *config = parse("limits.countries: 7\n"
				      "limits: {networks: 8}", &errors);

	ck_assert_msg(config != NULL, "%s", errors);
	ck_assert_uint_eq(config->settings.limits[MEASURE_COUNTRIES], 7);
	ck_assert_uint_eq(config->settings.limits[MEASURE_NETWORKS], 8);
	config_free(config);
	free(errors);
	ck_assert_ptr_null(parse("limits.countries: 7\n"
				 "limits: {countries: 8}", &errors));
	ck_assert_ptr_nonnull(strstr(errors, "limits.countries"));
	free(errors);
}
END_TEST

UNIT("config/warnings", what_is_hardly_meant, a_key_that_lacks_its_blanks,
    a_key_may_have_dots)
