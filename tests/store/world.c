/*
 * world.c -- what a script's steps work on.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "world.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/mem.h"
#include "config/keys.h"
#include "config/config.h"
#include "policy/store_of.h"
#include "script.h"
#include "store/recent_accounts.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int64_t
world_deadline(void)
{
	return clock_mono_ms() + 60000;
}

/* Limits off, all else as it is by default. */
static void
switch_off_rules(struct settings *settings)
{
	for (const struct key *key = keys; key->key != NULL; key++) {
		enum rule rule = rule_find(key->key);

		if (rule != RULE_COUNT)
			ck_assert_int_eq(rule_read(rule,
			    rules[rule].kind == RULE_IS_LIMIT ? "unlimited" :
								key->initial,
			    &settings->rules[rule]), 0);
	}
}

static struct config
default_config(enum side_kind kind)
{
	static char nobody[] = "";
	struct config config = {
		.mode = MODE_ENFORCE,
		.server = { .user = nobody, .group = nobody,
		    .deadline_ms = 60000 },
		.store = { .create = true, .prepare = true,
		    .retention_s = 30 * 86400 },
		.settings = { .window_s = 86400, .most_networks = 1000,
		    .limits = {
		    [MEASURE_COUNTRIES] = 3, [MEASURE_NETWORKS] = 10,
		    [MEASURE_ASNS] = UNLIMITED,
		    [MEASURE_HOME_ASNS] = UNLIMITED,
		    [MEASURE_HOME_COUNTRIES] = 3,
		    [MEASURE_HOME_NETWORKS] = 10 } },
		.block = { .enabled = true, .duration_s = 86400 },
		.notify = { .webhook = nobody, .on_block = true,
		    .on_unblock = true },
	};

	switch_off_rules(&config.settings);
	config.store.url = mem_dup(side_url(kind));
	return config;
}

struct store *
world_store(const struct config *config)
{
	/* Of all tests and their processes, as of a server's. */
	static struct recent *recent;
	struct store *store = store_of(config);

	if (recent == NULL)
		recent = recent_open();
	ck_assert_ptr_nonnull(recent);
	store_share(store, recent);
	return store;
}

void
world_take_up(struct world *world)
{
	world->store = world_store(&world->config);
	world->console = store_of(&world->config);
	world->side = side_open(world->kind);
}

void
world_let_go(struct world *world)
{
	side_close(world->side);
	store_close(world->store);
	store_close(world->console);
}

void
world_open(struct world *world, enum side_kind kind)
{
	struct store *store;

	world->kind = kind;
	world->config = default_config(kind);
	store = store_of(&world->config);
	ck_assert_int_eq(store_init(store, true, world_deadline()),
	    STORE_DONE);
	store_close(store);
	world_take_up(world);
	side_wipe(world->side);
	clock_set_wall_ms(SCRIPT_START_MS);
}

void
world_close(struct world *world)
{
	struct settings *settings = &world->config.settings;

	clock_set_wall_ms(0);
	world_let_go(world);
	countries_clear(&settings->home_countries);
	countries_clear(&settings->exempt_countries);
	countries_clear(&settings->only_countries);
	networks_clear(&settings->only_networks);
	free(world->config.store.url);
}

int64_t
world_time(const char *text)
{
	char duration[32];
	size_t length = strcspn(text + 1, "+-");
	const char *rest = text + 1 + length;
	int64_t seconds;
	int64_t ms = 0;

	snprintf(duration, sizeof(duration), "%.*s", (int)length, text + 1);
	seconds = duration_parse(duration);
	if (text[0] != '+' || seconds < 0)
		ck_abort_msg("not a time: %s", text);
	if (*rest != '\0') {
		char *end;

		ms = strtol(rest, &end, 10);
		if (strcmp(end, "ms") != 0)
			ck_abort_msg("not a time: %s", text);
	}
	return SCRIPT_START_MS + seconds * 1000 + ms;
}

const char *
world_show(int64_t ms, char text[32])
{
	char duration[24];
	int64_t since = ms - SCRIPT_START_MS;
	/* To the nearest second: a difference of one must be seen as one. */
	int64_t seconds = (since + 500) / 1000;
	int rest = (int)(since - seconds * 1000);

	if (ms == 0)
		return "0";
	duration_format(seconds, duration);
	if (rest == 0)
		snprintf(text, 32, "+%s", duration);
	else
		snprintf(text, 32, "+%s%+dms", duration, rest);
	return text;
}

const char *
world_cause(enum cause cause)
{
	return cause == CAUSE_NONE ? "none" : cause_name(cause);
}

static uint32_t
limit_of(const char *value)
{
	return strcmp(value, "unlimited") == 0 ? UNLIMITED :
	    (uint32_t)text_parse_number(value, UINT32_MAX);
}

static uint32_t
duration_of(const char *value)
{
	return (uint32_t)duration_parse(value);
}

/* Call add for each word of a list that commas separate. */
static void
each(const char *list, void (*add)(struct settings *, const char *),
    struct settings *settings)
{
	char *copy = mem_dup(list);
	char *state = NULL;

	for (char *word = strtok_r(copy, ",", &state); word != NULL;
	     word = strtok_r(NULL, ",", &state))
		add(settings, word);
	free(copy);
}

static void
add_home(struct settings *settings, const char *word)
{
	countries_add(&settings->home_countries, word);
}

static void
add_exempt(struct settings *settings, const char *word)
{
	countries_add(&settings->exempt_countries, word);
}

static void
add_only_country(struct settings *settings, const char *word)
{
	countries_add(&settings->only_countries, word);
}

static void
add_only_network(struct settings *settings, const char *word)
{
	struct addr network;

	ck_assert_int_eq(addr_parse(word, &network), 0);
	networks_add(&settings->only_networks, &network);
}

/* "2/1h" */
static void
add_rate(struct settings *settings, const char *word)
{
	struct rate_rule *rule =
	    &settings->rates.rules[settings->rates.count++];
	const char *slash = strchr(word, '/');

	ck_assert_ptr_nonnull(slash);
	rule->mails = (uint32_t)strtoul(word, NULL, 10);
	rule->per_s = duration_of(slash + 1);
}

static const struct {
	const char *key;
	void (*add)(struct settings *, const char *);
} lists[] = {
	{ "home", add_home },
	{ "exempt", add_exempt },
	{ "only_countries", add_only_country },
	{ "only_networks", add_only_network },
	{ "rates", add_rate },
};

static void
set_notify(struct config *config)
{
	static char webhook[] = "https://example.org/hook";
	static char mailbox[] = "postmaster@example.org";
	static char *to[] = { mailbox };

	config->notify.enabled = true;
	config->notify.webhook = webhook;
	config->notify.to.count = 1;
	config->notify.to.list = to;
}

/* "networks", "home_max_networks"; MEASURE_COUNT: it is no limit. */
static int
limit_named(const char *key)
{
	bool is_home = strncmp(key, "home_", 5) == 0;
	int i = 0;

	while (i < MEASURE_COUNT && (measures[i].is_home != is_home ||
	    strcmp(measures[i].key, is_home ? key + 5 : key) != 0))
		i++;
	return i;
}

void
world_set(struct world *world, const char *key, const char *value)
{
	struct config *config = &world->config;
	struct settings *settings = &config->settings;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (strcmp(key, lists[i].key) == 0) {
			each(value, lists[i].add, settings);
			return;
		}
	if (strcmp(key, "mode") == 0)
		config->mode = strcmp(value, "observe") == 0 ? MODE_OBSERVE :
							       MODE_ENFORCE;
	else if (strcmp(key, "block") == 0)
		config->block.enabled = strcmp(value, "on") == 0;
	else if (strcmp(key, "duration") == 0)
		config->block.duration_s = duration_of(value);
	else if (strcmp(key, "warm_up") == 0)
		config->history.warm_up_s = duration_of(value);
	else if (strcmp(key, "window") == 0)
		settings->window_s = duration_of(value);
	else if (rule_find(key) != RULE_COUNT)
		ck_assert_int_eq(rule_read(rule_find(key), value,
		    &settings->rules[rule_find(key)]), 0);
	else if (limit_named(key) != MEASURE_COUNT)
		settings->limits[limit_named(key)] = limit_of(value);
	else if (strcmp(key, "notify") == 0)
		set_notify(config);
	else
		ck_abort_msg("no such setting: %s", key);
}

void
world_checks(struct store *store, struct check *checks, size_t count)
{
	int64_t deadline_ms = world_deadline();

	store_check(store, checks, count, deadline_ms);
	for (size_t i = 0; i < count; i++)
		while (checks[i].is_busy && clock_left_ms(deadline_ms) > 0)
			store_check(store, &checks[i], 1, deadline_ms);
}
