/*
 * flood.c -- how many mails are sent singly, and when the rest is one mail.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/flood.h"

#include <string.h>

void
flood_init(struct flood *flood)
{
	memset(flood, 0, sizeof(*flood));
	for (size_t i = 0; i < FLOOD_SINGLE_MAX; i++)
		flood->sent_ms[i] = INT64_MIN / 2;
}

size_t
flood_budget(const struct flood *flood, int64_t now)
{
	size_t budget = 0;

	for (size_t i = 0; i < FLOOD_SINGLE_MAX; i++)
		budget += now - flood->sent_ms[i] >= FLOOD_MINUTE_MS;
	return budget;
}

void
flood_sent(struct flood *flood, int64_t now)
{
	flood->sent_ms[flood->next] = now;
	flood->next = (flood->next + 1) % FLOOD_SINGLE_MAX;
}

int64_t
flood_digest_ms(struct flood *flood, int64_t now)
{
	int64_t wait_ms = FLOOD_FIRST_MS;

	if (flood_budget(flood, now) > 0) {
		flood->digests = 0;
		flood->digest_ms = 0;
		return 0;
	}
	for (unsigned i = 0; i < flood->digests && wait_ms < FLOOD_MINUTE_MS;
	     i++)
		wait_ms *= 2;
	if (flood->digest_ms == 0)
		flood->digest_ms = now +
		    (wait_ms < FLOOD_MINUTE_MS ? wait_ms : FLOOD_MINUTE_MS);
	return flood->digest_ms;
}

void
flood_digested(struct flood *flood)
{
	flood->digests++;
	flood->digest_ms = 0;
}
