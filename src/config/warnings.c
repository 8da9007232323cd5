/*
 * warnings.c -- what is allowed in a configuration but hardly meant.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/warnings.h"

#include "base/mem.h"
#include "base/names.h"
#include "config/texts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	HOUR_S = 3600,
	/* Each is compared with those before it: enough for one by hand. */
	NETWORKS_COMPARED = 1000,
};

/* ISO 3166-1, and XK: Kosovo, which GeoIP files have. */
static const char assigned[] =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI "
    "BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN "
    "CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK "
    "FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM "
    "HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN "
    "KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK "
    "ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP "
    "NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW "
    "SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
    "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
    "VN VU WF WS XK YE YT ZA ZM ZW";

/* --- actions ------------------------------------------------------------- */

#define NO_ACTION                                                              \
	"access(5) knows no action \"%.*s\"; unless it is one of "             \
	"smtpd_restriction_classes Postfix answers 451 to every mail"

/* Is it one of access(5), a reply code, or the name of a restriction? */
static bool
is_action(const char *word, size_t length)
{
	static const char *const words[] = { "BCC", "DEFER",
		"DEFER_IF_PERMIT", "DEFER_IF_REJECT", "DISCARD", "DUNNO",
		"FILTER", "HOLD", "INFO", "OK", "PERMIT", "PREPEND",
		"REDIRECT", "REJECT", "SLEEP", "WARN", "WARN_IF_REJECT" };

	if (length == 3 && (word[0] == '4' || word[0] == '5') &&
	    isdigit((unsigned char)word[1]) && isdigit((unsigned char)word[2]))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == length &&
		    strncasecmp(words[i], word, length) == 0)
			return true;
	/* Restrictions of smtpd, such as reject_unauth_destination. */
	return memchr(word, '_', length) != NULL &&
	    (strncasecmp(word, "reject_", 7) == 0 ||
		strncasecmp(word, "permit_", 7) == 0 ||
		strncasecmp(word, "check_", 6) == 0 ||
		strncasecmp(word, "defer_", 6) == 0);
}

static void
look_at_action(struct draft *draft, const char *key, const char *action)
{
	size_t length = strcspn(action, " \t");

	if (!is_action(action, length))
		draft_warn(draft, key, NO_ACTION, (int)length, action);
}

static void
look_at_texts(struct draft *draft)
{
	const struct texts_options *texts = &draft->config->texts;

	for (size_t i = 0; i < texts->count; i++)
		for (int k = 0; k < TEXT_ACTIONS; k++) {
			const char *action = texts->list[i].actions[k];
			size_t length = action != NULL ?
			    strcspn(action, " \t") : 0;

			if (action != NULL && !is_action(action, length))
				draft_warn(draft, "texts",
				    "[%zu].%s: " NO_ACTION, i,
				    texts_key((enum text_action)k),
				    (int)length, action);
		}
}

static void
look_at_actions(struct draft *draft)
{
	const struct config *config = draft->config;

	look_at_action(draft, "actions.ok", config->actions.ok);
	look_at_action(draft, "actions.blocked", config->actions.blocked);
	look_at_action(draft, "actions.over_limit",
	    config->actions.over_limit);
	look_at_action(draft, "actions.over_rate", config->actions.over_rate);
	look_at_action(draft, "actions.new_place",
	    config->actions.new_place);
	look_at_action(draft, "actions.error", config->actions.error);
	look_at_texts(draft);
}

/* --- countries ----------------------------------------------------------- */

static void
look_at_countries(struct draft *draft, const char *key,
    const struct countries *countries)
{
	for (size_t i = 0; i < countries->count; i++)
		if (strstr(assigned, countries->codes[i]) == NULL)
			draft_warn(draft, key,
			    "there is no country %s (ISO 3166-1)",
			    countries->codes[i]);
}

/* What the file must name so that these can be counted; NULL: all is there. */
static const char *
what_is_wanted(const struct geoip_options *geoip, enum measured what)
{
	if (what == MEASURED_COUNTRY &&
	    geoip->files[GEOIP_COUNTRY][0] == '\0' &&
	    geoip->files[GEOIP_CITY][0] == '\0')
		return "geoip.country or geoip.city";
	if (what == MEASURED_ASN && geoip->files[GEOIP_ASN][0] == '\0')
		return "geoip.asn";
	return NULL;
}

static void
look_at_limits(struct draft *draft)
{
	const struct config *config = draft->config;
	const struct settings *settings = &config->settings;

	look_at_countries(draft, "limits.home.countries",
	    &settings->home_countries);
	look_at_countries(draft, "exempt.countries",
	    &config->exempt.countries);
	if (config->providers.asns.count > 0 &&
	    what_is_wanted(&config->geoip, MEASURED_ASN) != NULL)
		draft_warn(draft, "providers.asns",
		    "has no effect without geoip.asn");
	if (settings->window_s < HOUR_S)
		draft_warn(draft, "limits.window",
		    "%u seconds are a short window; a day is 24h",
		    settings->window_s);
	for (int i = 0; i < MEASURE_COUNT; i++) {
		const char *option = measures[i].option;
		const char *wants = what_is_wanted(&config->geoip,
		    measures[i].what);

		if (wants != NULL && !measures[i].is_home &&
		    settings->limits[i] != UNLIMITED &&
		    draft_is_changed(draft, option))
			draft_warn(draft, option, "has no effect without %s",
			    wants);
	}
}

/* --- overrides ----------------------------------------------------------- */

/* The number of an earlier override that always matches first, or
 * NAMES_NONE. */
static long
find_earlier(const struct config *config, const struct names *seen, size_t at)
{
	const struct override *override = &config->overrides[at];
	const char *domain;
	long earlier;

	if (override->account == NULL) {
		for (size_t i = 0; i < at && i < NETWORKS_COMPARED; i++)
			if (config->overrides[i].network.bits != 0 &&
			    addr_within(&override->network,
				&config->overrides[i].network))
				return (long)i;
		return NAMES_NONE;
	}
	earlier = names_find(seen, override->account);
	domain = strrchr(override->account, '@');
	if (earlier == NAMES_NONE && domain != NULL)
		earlier = names_find(seen, domain);
	return earlier;
}

/* Does identity.domains keep this account, or domain, from being counted? */
static bool
is_foreign(const struct strings *domains, const char *account)
{
	const char *at = strrchr(account, '@');

	for (size_t i = 0; i < domains->count && at != NULL; i++)
		if (strcmp(domains->list[i], at + 1) == 0)
			return false;
	return domains->count > 0 && at != NULL;
}

static bool
names_addresses(const struct identity_options *identity)
{
	for (size_t i = 0; i < identity->key_count; i++)
		if (identity->keys[i] == IDENTITY_CLIENT)
			return true;
	return false;
}

/* The name of an override, to be freed. */
static char *
name_of(const struct override *override)
{
	char text[ADDR_TEXT_SIZE];

	return mem_dup(override->account != NULL ? override->account :
		addr_format(&override->network, text));
}

static void
look_at_override(struct draft *draft, const struct names *seen, size_t at)
{
	const struct config *config = draft->config;
	const struct override *override = &config->overrides[at];
	long earlier = find_earlier(config, seen, at);
	char *name = name_of(override);

	if (override->has[SETTING_HOME_COUNTRIES])
		look_at_countries(draft, "overrides",
		    &override->set.home_countries);
	if (override->has[SETTING_ONLY_COUNTRIES])
		look_at_countries(draft, "overrides",
		    &override->set.only_countries);
	if (earlier != NAMES_NONE)
		draft_warn(draft, "overrides",
		    "[%zu] (%s) never matches: [%ld] does before", at, name,
		    earlier);
	else if (override->account != NULL &&
	    is_foreign(&config->identity.domains, override->account))
		draft_warn(draft, "overrides",
		    "[%zu] (%s) never matches: its domain is not in "
		    "identity.domains", at, name);
	else if (override->account == NULL &&
	    !names_addresses(&config->identity))
		draft_warn(draft, "overrides",
		    "[%zu] (%s) never matches: identity.keys has no "
		    "client_address", at, name);
	free(name);
}

static void
look_at_overrides(struct draft *draft)
{
	const struct config *config = draft->config;
	struct names *seen = names_new();

	for (size_t i = 0; i < config->override_count; i++) {
		const char *account = config->overrides[i].account;

		look_at_override(draft, seen, i);
		if (account != NULL)
			names_add(seen, account, i);
	}
	names_free(seen);
}

/* --- what others could do ------------------------------------------------- */

static void
look_at_strangers(struct draft *draft)
{
	const struct config *config = draft->config;
	const struct http_options *http = &config->http;

	for (size_t i = 0; i < config->identity.key_count; i++)
		if (config->identity.keys[i] == IDENTITY_SENDER &&
		    config->notify.enabled && config->notify.account)
			draft_warn(draft, "notify.account",
			    "writes to whoever a mail names as its sender, "
			    "since identity.keys has sender: others get mail "
			    "for what they never sent");
	for (size_t i = 0; i < config->endpoints.count; i++) {
		const struct endpoint *endpoint = &config->endpoints.list[i];

		if (endpoint->service == ENDPOINT_HTTP &&
		    !endpoint_is_local(endpoint) &&
		    http->cert_file[0] == '\0' &&
		    (http->users.count > 0 || http->tokens.count > 0))
			draft_warn(draft, "http.listen",
			    "passwords and tokens go over the network "
			    "unencrypted; set http.tls.cert_file");
	}
}

void
warnings_find(struct draft *draft)
{
	look_at_actions(draft);
	look_at_limits(draft);
	look_at_overrides(draft);
	look_at_strangers(draft);
}
