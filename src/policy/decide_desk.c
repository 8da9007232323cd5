/*
 * decide_desk.c -- whom a process asks for its decisions (decide.h).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/decide.h"

#include "policy/store_of.h"

#include <string.h>

int
desk_open(struct desk *desk, const struct config *config,
    const struct geo_paths *geoip)
{
	const struct geo_paths names = geo_paths_of(&config->geoip);

	memset(desk, 0, sizeof(*desk));
	desk->config = config;
	desk->geo = geo_open(geoip, &names);
	if (desk->geo == NULL)
		return -1;
	desk->accounts = accounts_open(&config->ldap);
	if (desk->accounts == NULL) {
		desk_close(desk);
		return -1;
	}
	desk->overrides = configured_new(config);
	desk->store = store_of(config);
	return 0;
}

void
desk_close(struct desk *desk)
{
	unasked_free(desk->unasked);
	store_close(desk->store);
	configured_free(desk->overrides);
	accounts_close(desk->accounts);
	geo_close(desk->geo);
	memset(desk, 0, sizeof(*desk));
}
