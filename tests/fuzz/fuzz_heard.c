/*
 * fuzz_heard.c -- any bytes as a notification of PostgreSQL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Anybody who may connect to the database can send one. What it says of is an
 * account by its name, until a time that can be; the table of blocks takes it.
 */
#include "store/blocked.h"
#include "store/change_listening.h"
#include "store/pgsql/notifications_heard.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

struct notification {
	const char *text;
	size_t size;
};

static void
take(void *opaque, const struct store_change *change)
{
	static struct blocked *blocked;
	const struct notification *heard = opaque;

	if (blocked == NULL)
		blocked = blocked_open();
	if (change->kind == CHANGE_MISSED || change->kind == CHANGE_OVERRIDES)
		return;
	assert(change->account > heard->text &&
	    change->account < heard->text + heard->size);
	assert(change->account[0] != '\0' && change->until_ms >= 0);
	if (change->kind == CHANGE_BLOCK)
		blocked_add(blocked, change->account, change->until_ms);
	assert(change->until_ms != 0 || change->kind != CHANGE_BLOCK ||
	    blocked_has(blocked, change->account));
	blocked_remove(blocked, change->account);
	assert(!blocked_has(blocked, change->account));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* What is behind the text must not be read. */
	char *text = malloc(size + 1);
	struct notification heard = { text, size };
	const struct listener listener = { .take = take, .self = &heard };

	memcpy(text, data, size);
	text[size] = '\0';
	heard_change(&listener, text);
	free(text);
	return 0;
}
