/*
 * player.c -- play attempts, a line each, through the real store.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two hosts, 0 and 1, that use one store by turns; host 0 keeps accounts in
 * memory. Reads
 *   load PATH                 the configuration from now on
 *   at MS                     the clock stands there
 *   ask HOST ACCOUNT ADDRESS ASN COUNTRY TRUST INSTANCE
 *                             COUNTRY and INSTANCE "-": none; TRUST: see
 *                             finding.h; writes the verdict and its cause
 *   learn ACCOUNT ADDRESS ASN COUNTRY TRUST INSTANCE
 *                             the same of a mail that passed long ago
 *   block ACCOUNT SECONDS     unblock ACCOUNT     expire
 */
#include "base/clock.h"
#include "config/config.h"
#include "policy/limits.h"
#include "store/recent_accounts.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST, SECOND, LEARNING, STORES };

struct player {
	struct config *config;
	struct recent *recent;
	struct store *stores[STORES];
};

static int64_t
deadline(void)
{
	return clock_mono_ms() + 60000;
}

static void
die(const char *why, const char *line)
{
	fprintf(stderr, "player: %s: %s\n", why, line);
	exit(EXIT_FAILURE);
}

static void
unload(struct player *player)
{
	for (int i = 0; i < STORES; i++)
		if (player->stores[i] != NULL)
			store_close(player->stores[i]);
	config_free(player->config);
}

static void
load(struct player *player, const char *path)
{
	struct config *config = config_load(path, false, stderr);

	if (config == NULL)
		die("it does not load", path);
	unload(player);
	player->config = config;
	for (int i = 0; i < STORES; i++) {
		const struct store_setup setup = { .store = &config->store,
			.server = &config->server, .block = &config->block,
			.notify = &config->notify, .report = &config->report,
			.mode = &config->mode, .settings = &config->settings,
			.judge = limits_judge, .history = &config->history,
			.is_learning = i == LEARNING };

		player->stores[i] = store_open(&setup);
	}
	store_share(player->stores[FIRST], player->recent);
	if (store_init(player->stores[FIRST], true, deadline()) != STORE_DONE)
		die("no schema", path);
}

static const char *
verdict(const struct finding *finding, enum mode mode)
{
	switch (finding->verdict) {
	case VERDICT_BLOCKED:
		return finding->is_new_block || mode == MODE_OBSERVE ?
		    "block" : "blocked";
	case VERDICT_OVER_LIMIT:
		return "over_limit";
	case VERDICT_OVER_RATE:
		return "over_rate";
	case VERDICT_DEFERRED:
		return "defer";
	case VERDICT_PASS:
	default:
		return "pass";
	}
}

/* What follows ACCOUNT in a line. */
static void
ask(struct player *player, int store, const char *account, char *rest)
{
	char address[64], country[3], instance[64];
	unsigned asn, trust;
	struct check check = { .account = account, .weight = 1,
		.weighs_once = true, .settings = &player->config->settings };

	if (sscanf(rest, "%63s %u %2s %u %63s", address, &asn, country,
		&trust, instance) != 5 ||
	    addr_parse(address, &check.login.client) != 0)
		die("not an attempt", rest);
	check.login.asn = asn;
	check.login.trust = (enum trust)trust;
	if (check.login.trust == TRUST_COUNTED)
		check.login.network = check.login.client;
	if (strcmp(country, "-") != 0)
		strcpy(check.login.country, country);
	check.instance = strcmp(instance, "-") != 0 ? instance : "";
	do
		store_check(player->stores[store], &check, 1, deadline());
	while (check.is_busy);
	if (check.result != STORE_DONE)
		die("the store failed", rest);
	printf("%s %s\n", verdict(&check.finding, player->config->mode),
	    cause_name(check.finding.cause));
}

static void
play(struct player *player, char *line)
{
	char word[16] = "", account[64] = "";
	unsigned number = 0;
	uint64_t ended;
	int at = 0;
	enum store_result result = STORE_DONE;

	if (sscanf(line, "load %n", &at) == 0 && at > 0) {
		load(player, line + at);
		return;
	}
	if (sscanf(line, "ask %u %63s %n", &number, account, &at) == 2 &&
	    number < LEARNING) {
		ask(player, (int)number, account, line + at);
		return;
	}
	if (sscanf(line, "learn %63s %n", account, &at) == 1) {
		ask(player, LEARNING, account, line + at);
		return;
	}
	if (sscanf(line, "%15s %63s %u", word, account, &number) < 1)
		die("what is that", line);
	if (strcmp(word, "at") == 0)
		clock_set_wall_ms(strtoll(account, NULL, 10));
	else if (strcmp(word, "block") == 0)
		result = store_block(player->stores[SECOND], account, number,
		    "", deadline());
	else if (strcmp(word, "unblock") == 0)
		result = store_unblock(player->stores[SECOND], account,
		    deadline());
	else if (strcmp(word, "expire") == 0)
		result = store_expire(player->stores[SECOND], &ended,
		    deadline());
	else
		die("what is that", line);
	if (result == STORE_FAILED)
		die("the store failed", line);
}

int
main(void)
{
	struct player player = { .recent = recent_open() };
	char line[512];

	if (player.recent == NULL)
		die("no memory", "recent");
	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		play(&player, line);
	}
	unload(&player);
	recent_close(player.recent);
	return EXIT_SUCCESS;
}
