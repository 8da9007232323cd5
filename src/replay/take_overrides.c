/*
 * take_overrides.c -- the overrides of the real store, for players.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "replay/take_overrides.h"

#include "base/log.h"
#include "command/override_copy.h"
#include "command/server_user.h"
#include "policy/store_of.h"

static int
copy(const struct config *config, struct player *const *players, size_t count)
{
	struct config own = *config;
	struct store *store;
	uint64_t copied = 0;
	int result = 0;

	/* A store that is not there is not made for this. */
	own.store.create = false;
	store = store_of(&own);
	for (size_t i = 0; i < count && result == 0; i++)
		if (players[i] != NULL)
			result = override_copy(store,
			    player_store(players[i]), &copied);
	store_close(store);
	return result;
}

void
take_overrides(const struct job *job, struct player *const *players,
    size_t count)
{
	struct privs privs = { .is_wanted = false };
	int result = -1;

	if (server_user_lookup(job->config, &privs) == 0 &&
	    privs_lend(&privs) == 0) {
		result = copy(job->config, players, count);
		privs_return(&privs);
	}
	privs_clear(&privs);
	if (result != 0)
		log_warning("the store's overrides are not known: those of "
			    "the configuration hold alone");
}
