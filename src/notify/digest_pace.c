/*
 * digest_pace.c -- how many mails are sent singly, and when the rest as one.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/digest_pace.h"

#include <string.h>

void
pace_init(struct pace *pace)
{
	memset(pace, 0, sizeof(*pace));
	for (size_t i = 0; i < PACE_SINGLE_MAX; i++)
		pace->sent_ms[i] = INT64_MIN / 2;
}

size_t
pace_budget(const struct pace *pace, int64_t now)
{
	size_t budget = 0;

	for (size_t i = 0; i < PACE_SINGLE_MAX; i++)
		budget += now - pace->sent_ms[i] >= PACE_MINUTE_MS;
	return budget;
}

void
pace_sent(struct pace *pace, int64_t now)
{
	pace->sent_ms[pace->next] = now;
	pace->next = (pace->next + 1) % PACE_SINGLE_MAX;
}

int64_t
pace_digest_ms(struct pace *pace, int64_t now)
{
	int64_t wait_ms = PACE_FIRST_MS;

	if (pace_budget(pace, now) > 0) {
		pace->digests = 0;
		pace->digest_ms = 0;
		return 0;
	}
	for (unsigned i = 0; i < pace->digests && wait_ms < PACE_MINUTE_MS;
	     i++)
		wait_ms *= 2;
	if (pace->digest_ms == 0)
		pace->digest_ms = now +
		    (wait_ms < PACE_MINUTE_MS ? wait_ms : PACE_MINUTE_MS);
	return pace->digest_ms;
}

void
pace_digested(struct pace *pace)
{
	pace->digests++;
	pace->digest_ms = 0;
}
