/*
 * channel_pace.c -- how fast one way of telling may go.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/channel_pace.h"

unsigned
channel_room(const struct channel *channel, int64_t now)
{
	unsigned most = channel->failures > 0 ? 1 : channel->parallel;

	if (now < channel->paused_ms || channel->running >= most)
		return 0;
	return most - channel->running;
}

int64_t
channel_wake_ms(const struct channel *channel)
{
	return channel->paused_ms > channel->look_ms ? channel->paused_ms :
						       channel->look_ms;
}

uint32_t
channel_failed(struct channel *channel, int64_t now)
{
	int64_t pause_s = CHANNEL_FIRST_PAUSE_S;

	/* Those that were under way together failed for one reason. */
	if (now >= channel->paused_ms) {
		for (unsigned i = 0; i < channel->failures &&
		     pause_s < CHANNEL_LONGEST_PAUSE_S;
		     i++)
			pause_s *= 2;
		if (pause_s > CHANNEL_LONGEST_PAUSE_S)
			pause_s = CHANNEL_LONGEST_PAUSE_S;
		channel->failures++;
		channel->paused_ms = now + pause_s * 1000;
	}
	return (uint32_t)((channel->paused_ms - now + 999) / 1000);
}

void
channel_worked(struct channel *channel)
{
	channel->failures = 0;
	channel->paused_ms = 0;
	channel->look_ms = 0;
}
