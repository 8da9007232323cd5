/*
 * scene_observe.c -- who would be blocked; from where the blocked are used.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "scenes.h"

#include "base/clock.h"
#include "script.h"
#include "store/noted_write.h"
#include "store/would_block.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR_MS = 3600000 };

static struct note
note_of(enum note_kind kind, const char *account, const char *network)
{
	struct note note = { .kind = kind, .country = "DE", .asn = 64500,
		.at_ms = clock_mono_ms(), .cause = CAUSE_ONLY_COUNTRIES,
		.found = 2, .limit = 1, .per_s = 86400, .duration_s = 3600 };

	snprintf(note.account, sizeof(note.account), "%s", account);
	ck_assert_int_eq(addr_parse(network, &note.network), 0);
	note.client = note.network;
	return note;
}

static void
tell_notes(struct world *world, const struct note *notes, size_t count)
{
	ck_assert_int_eq(store_tell_notes(world->store, notes, count,
	    world_deadline()), STORE_DONE);
}

static void
list_would(struct world *world, struct text *told)
{
	struct block *blocks;
	size_t count;
	uint64_t counted;
	char began[32], until[32];

	ck_assert_int_eq(store_list_would(world->console, "", 10, &blocks,
	    &count, world_deadline()), STORE_DONE);
	ck_assert_int_eq(store_count_would(world->console, &counted,
	    world_deadline()), STORE_DONE);
	ck_assert_uint_eq(counted, count);
	for (size_t i = 0; i < count; i++) {
		const struct block *b = &blocks[i];

		/* The note is some milliseconds old. */
		text_printf(told, "%s %d %u/%u %u %s..%s %s/%s\n",
		    b->account, (int)b->cause, b->found, b->limit, b->per_s,
		    world_show((b->began_ms + 500) / 1000 * 1000, began),
		    world_show((b->until_ms + 500) / 1000 * 1000, until),
		    b->client, b->country);
		block_clear(&blocks[i]);
	}
	text_add(told, "\n");
	free(blocks);
}

void
scene_who_would_be_blocked(struct world *world, struct text *told)
{
	struct note notes[] = {
		note_of(NOTE_WOULD, "joe@example.com", "192.0.2.1"),
		note_of(NOTE_WOULD, "ann@example.com", "2001:db8::1"),
		note_of(NOTE_WOULD, "joe@example.com", "192.0.2.2"),
	};

	notes[1].duration_s = 0;
	clock_set_wall_ms(SCRIPT_START_MS);
	tell_notes(world, notes, 3);
	list_would(world, told);
	/* It is the same block while it would last, and then another one. */
	clock_set_wall_ms(SCRIPT_START_MS + HOUR_MS / 2);
	notes[0] = note_of(NOTE_WOULD, "joe@example.com", "192.0.2.9");
	tell_notes(world, notes, 1);
	list_would(world, told);
	clock_set_wall_ms(SCRIPT_START_MS + 2 * HOUR_MS);
	list_would(world, told);
	notes[0] = note_of(NOTE_WOULD, "joe@example.com", "192.0.2.9");
	tell_notes(world, notes, 1);
	list_would(world, told);
}

static void
list_attempts(struct world *world, const char *account, struct text *told)
{
	struct account_record record;

	ck_assert_int_eq(store_account(world->console, account,
	    &world->config.settings, 1, &record, world_deadline()), STORE_DONE);
	text_printf(told, "%s %zu\n", account, record.attempt_count);
	for (size_t i = 0; i < record.attempt_count && i < 3; i++) {
		const struct login_record *a = &record.attempts[i];
		char network[ADDR_TEXT_SIZE], first[32], last[32];

		text_printf(told, "%s %s AS%u %s..%s\n",
		    addr_format(&a->network, network), a->country, a->asn,
		    world_show((a->first_ms + 500) / 1000 * 1000, first),
		    world_show((a->last_ms + 500) / 1000 * 1000, last));
	}
	account_record_clear(&record);
}

void
scene_attempts(struct world *world, struct text *told)
{
	struct note notes[100];
	char network[32];

	clock_set_wall_ms(SCRIPT_START_MS);
	notes[0] = note_of(NOTE_ATTEMPT, "ann@example.com", "2001:db8::/64");
	notes[1] = note_of(NOTE_ATTEMPT, "joe@example.com", "10.0.0.0/24");
	notes[2] = note_of(NOTE_WOULD, "ben@example.com", "192.0.2.1");
	tell_notes(world, notes, 3);
	clock_set_wall_ms(SCRIPT_START_MS + HOUR_MS);
	notes[1] = note_of(NOTE_ATTEMPT, "joe@example.com", "10.0.0.0/24");
	strcpy(notes[1].country, "FR");
	tell_notes(world, notes + 1, 1);
	list_attempts(world, "ann@example.com", told);
	list_attempts(world, "joe@example.com", told);
	list_attempts(world, "ben@example.com", told);
	/* The newest networks stay. */
	for (int i = 0; i < 100; i++) {
		snprintf(network, sizeof(network), "10.1.%d.0/24", i);
		notes[i] = note_of(NOTE_ATTEMPT, "joe@example.com", network);
		notes[i].at_ms -= INT64_C(1000) * (100 - i);
	}
	tell_notes(world, notes, 100);
	list_attempts(world, "joe@example.com", told);
	list_attempts(world, "ann@example.com", told);
	/* Older than what is kept. */
	clock_set_wall_ms(SCRIPT_START_MS + INT64_C(800) * 24 * HOUR_MS);
	tell_notes(world, notes, 0);
	list_attempts(world, "joe@example.com", told);
}
