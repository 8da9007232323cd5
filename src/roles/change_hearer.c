/*
 * change_hearer.c -- hears what others change in the store; has it heeded.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/change_hearer.h"

#include "store/change_listening.h"
#include "store/memory.h"

void
hearer_start(struct hearer *hearer, struct store *store,
    const struct shared *shared, struct known_blocks *blocks,
    struct poller *poller, const struct config *config)
{
	*hearer = (struct hearer){ .store = store, .shared = shared,
		.blocks = blocks, .poller = poller,
		.memory_ms = config->store.memory_s * 1000, .fd = -1 };
}

static void
take(void *opaque, const struct store_change *change)
{
	struct hearer *hearer = opaque;
	const struct shared *shared = hearer->shared;

	switch (change->kind) {
	case CHANGE_BLOCK:
		blocked_add(shared->blocked, change->account,
		    change->until_ms);
		memory_forget(shared->memory, change->account);
		break;
	case CHANGE_UNBLOCK:
		blocked_remove(shared->blocked, change->account);
		memory_forget(shared->memory, change->account);
		break;
	case CHANGE_OVERRIDES:
		memory_forget_all(shared->memory);
		break;
	case CHANGE_MISSED:
	default:
		memory_forget_all(shared->memory);
		known_blocks_hurry(hearer->blocks);
		break;
	}
}

/* The poller watches what the store listens on now. One that was closed it
 * has forgotten. */
static void
watch(struct hearer *hearer, int fd)
{
	if (fd == hearer->fd)
		return;
	hearer->fd = fd;
	if (fd >= 0 && poller_add(hearer->poller, fd, INTEREST_READ,
		hearer) != 0)
		hearer->fd = -1;
}

int
hearer_look(struct hearer *hearer)
{
	const struct listener listener = { take, hearer, hearer->memory_ms };
	struct hearing hearing;

	store_hear(hearer->store, &listener, &hearing);
	if (hearing.is_heard && hearer->memory_ms > 0)
		memory_hear(hearer->shared->memory, hearing.now_ms);
	watch(hearer, hearing.fd);
	return hearing.wait_ms;
}
