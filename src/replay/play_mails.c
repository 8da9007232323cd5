/*
 * play_mails.c -- play mails through a configuration, by the clock of the log.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "replay/play_mails.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "policy/rates_stage.h"
#include "policy/store_of.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PATIENCE_MS = 60000,
	/* Each recipient is a request where Postfix asks so. */
	RECIPIENTS_MAX = 1000,
};

struct player {
	struct config config;	/* a shallow copy */
	char url[sizeof("sqlite:")];
	struct desk desk;
	struct decision decision;
	bool is_learning;
	int64_t now_ms;
	uint64_t mails;
};

struct player *
player_open(const struct config *config, bool learns)
{
	struct player *player = mem_new(1, sizeof(*player));
	struct config *own = &player->config;
	const struct geo_paths geoip = geo_paths_of(&config->geoip);

	memcpy(player->url, "sqlite:", sizeof(player->url));
	*own = *config;
	own->mode = MODE_ENFORCE;
	own->notify.enabled = false;
	own->store.url = player->url;
	own->store.create = true;
	if (learns)
		own->history.warm_up_s = 0;
	player->is_learning = learns;
	if (desk_open(&player->desk, own, &geoip) != 0) {
		free(player);
		return NULL;
	}
	return player;
}

void
player_close(struct player *player)
{
	if (player == NULL)
		return;
	desk_close(&player->desk);
	free(player);
}

void
player_judge(struct player *player)
{
	player->is_learning = false;
	store_play(player->desk.store, player->now_ms, false);
}

bool
player_wants_recipients(const struct config *config)
{
	return config->rates.count == RATES_RECIPIENTS &&
	    stage_has_rules(config);
}

struct store *
player_store(struct player *player)
{
	return player->desk.store;
}

/* How many requests would Postfix make of the mail, each for one recipient? */
static uint32_t
requests_of(const struct config *config, const struct entry *mail)
{
	if (!player_wants_recipients(config) ||
	    config->rates.stage != STAGE_RCPT || mail->recipients == 0)
		return 1;
	return mail->recipients < RECIPIENTS_MAX ? mail->recipients :
						   RECIPIENTS_MAX;
}

const struct decision *
player_play(struct player *player, const struct entry *mail)
{
	const struct config *config = &player->config;
	uint32_t requests = requests_of(config, mail);
	char recipients[16], instance[400];
	const struct request request = {
		.request = "smtpd_access_policy",
		.protocol_state = stage_state(config->rates.stage),
		.client_address = mail->client,
		.sasl_username = mail->user,
		.sender = "", .recipient = "", .queue_id = "",
		.recipient_count = recipients,
		.instance = instance,
	};

	/* A queue id is used again; the mail of the log passed once. */
	if (mail->kind == ENTRY_MAIL)
		snprintf(instance, sizeof(instance), "%.300s %lld %llu",
		    mail->mail, (long long)mail->at_ms,
		    (unsigned long long)player->mails++);
	else
		snprintf(instance, sizeof(instance), "%.300s", mail->mail);
	snprintf(recipients, sizeof(recipients), "%u", mail->recipients);
	if (player->now_ms == 0)
		store_play(player->desk.store, mail->at_ms,
		    player->is_learning);
	if (mail->at_ms > player->now_ms)
		player->now_ms = mail->at_ms;
	clock_set_wall_ms(player->now_ms);
	do {
		player->decision.request = &request;
		decide(&player->desk, &player->decision,
		    clock_mono_ms() + PATIENCE_MS);
	} while (player->decision.outcome == OUTCOME_PASS && --requests > 0);
	clock_set_wall_ms(0);
	player->decision.request = NULL;
	return player->decision.outcome == OUTCOME_ERROR ? NULL :
							   &player->decision;
}
