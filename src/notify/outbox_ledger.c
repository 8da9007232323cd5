/*
 * outbox_ledger.c -- write to the outbox how deliveries went.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/outbox_ledger.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { STORE_MS = 5000 };

struct entry {
	int64_t id;
	bool has_ended;
	uint32_t delay_s;	/* if it has not */
	bool counts;
	char *recipients, *error;
};

static enum store_result
write_entry(struct store *store, const struct entry *entry)
{
	int64_t deadline_ms = clock_mono_ms() + STORE_MS;

	if (entry->has_ended)
		return store_outbox_end(store, entry->id, entry->error,
		    deadline_ms);
	return store_outbox_delay(store, entry->id, entry->delay_s,
	    entry->counts, entry->recipients, entry->error, deadline_ms);
}

static void
clear_entry(struct entry *entry)
{
	free(entry->recipients);
	free(entry->error);
}

bool
ledger_flush(struct ledger *ledger)
{
	size_t done = 0;

	while (done < ledger->count &&
	    write_entry(ledger->store, &ledger->entries[done]) !=
		STORE_FAILED)
		clear_entry(&ledger->entries[done++]);
	ledger->count -= done;
	if (done > 0)
		memmove(ledger->entries, ledger->entries + done,
		    ledger->count * sizeof(*ledger->entries));
	return ledger->count == 0;
}

void
ledger_clear(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->count; i++)
		clear_entry(&ledger->entries[i]);
	free(ledger->entries);
	ledger->entries = NULL;
	ledger->count = 0;
}

/* Write it if nothing waits before it; takes it. */
static void
add(struct ledger *ledger, struct entry *entry)
{
	if (ledger->count == 0 &&
	    write_entry(ledger->store, entry) != STORE_FAILED) {
		clear_entry(entry);
		return;
	}
	ledger->entries = mem_grow(ledger->entries, ledger->count + 1,
	    sizeof(*ledger->entries));
	ledger->entries[ledger->count++] = *entry;
}

void
ledger_end(struct ledger *ledger, const struct outbox_row *row,
    const char *error)
{
	struct entry entry = { .id = row->id,
		.has_ended = true,
		.error = mem_dup(error) };

	add(ledger, &entry);
}

void
ledger_delay(struct ledger *ledger, const struct outbox_row *row,
    const struct put_off *how)
{
	struct entry entry = { .id = row->id,
		.delay_s = how->delay_s,
		.counts = how->counts,
		.recipients = mem_dup(how->recipients),
		.error = mem_dup(how->error) };

	add(ledger, &entry);
}
