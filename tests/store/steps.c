/*
 * steps.c -- the steps of a script that are no requests.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "steps.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"
#include "store/outbox.h"
#include "store/warm_up.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a step works on. */
struct turn {
	struct world *world;
	struct taken *taken;
};

const char *
step_word(const struct step *step, size_t i)
{
	if (i >= step->count)
		ck_abort_msg("a word is missing: %s", step->line);
	return step->words[i];
}

const char *
step_value(const struct step *step, const char *key, const char *otherwise)
{
	size_t length = strlen(key);

	for (size_t i = 0; i < step->count; i++)
		if (strncmp(step->words[i], key, length) == 0 &&
		    step->words[i][length] == '=')
			return step->words[i] + length + 1;
	return otherwise;
}

static void
do_set(struct turn *turn, const struct step *step, struct text *told)
{
	text_add(told, "set");
	world_set(turn->world, step_word(step, 1), step_word(step, 2));
}

static void
do_at(struct turn *turn, const struct step *step, struct text *told)
{
	(void)turn;
	text_add(told, "it is");
	clock_set_wall_ms(world_time(step_word(step, 1)));
}

static void
do_learn(struct turn *turn, const struct step *step, struct text *told)
{
	text_add(told, "set");
	store_play(turn->world->store, 0,
	    strcmp(step_word(step, 1), "on") == 0);
}

static void
tell_result(struct text *told, enum store_result result)
{
	static const char *const names[] = { "done", "none", "failed" };

	text_add(told, names[result]);
}

static void
do_learned(struct turn *turn, const struct step *step, struct text *told)
{
	tell_result(told, store_learned_since(turn->world->console,
	    world_time(step_word(step, 1)), world_deadline()));
}

static void
do_block(struct turn *turn, const struct step *step, struct text *told)
{
	int64_t duration_s = duration_parse(step_word(step, 2));

	tell_result(told, store_block(turn->world->console, step_word(step, 1),
	    (uint32_t)duration_s, step->count > 3 ? step->words[3] : "",
	    world_deadline()));
}

static void
do_unblock(struct turn *turn, const struct step *step, struct text *told)
{
	tell_result(told, store_unblock(turn->world->console,
	    step_word(step, 1), world_deadline()));
}

static void
do_expire(struct turn *turn, const struct step *step, struct text *told)
{
	uint64_t ended = 0;

	(void)step;
	tell_result(told, store_expire(turn->world->console, &ended,
	    world_deadline()));
	text_printf(told, " ended=%llu", (unsigned long long)ended);
}

static void
do_clean(struct turn *turn, const struct step *step, struct text *told)
{
	struct cleaned cleaned;
	int64_t retention_s = duration_parse(step_word(step, 1));

	tell_result(told, store_clean(turn->world->console,
	    (uint32_t)retention_s, (unsigned)atoi(step_word(step, 2)), &cleaned,
	    world_deadline()));
	text_printf(told, " logins=%llu blocks=%llu accounts=%llu",
	    (unsigned long long)cleaned.logins,
	    (unsigned long long)cleaned.blocks,
	    (unsigned long long)cleaned.accounts);
}

static void
do_override(struct turn *turn, const struct step *step, struct text *told)
{
	char bytes[300];
	struct text words;

	text_init(&words, bytes, sizeof(bytes));
	for (size_t i = 2; i < step->count; i++) {
		const char *until = strstr(step->words[i], "valid_until=");

		if (until == NULL)
			text_printf(&words, "%s ", step->words[i]);
		else
			text_printf(&words, "valid_until=%lld ",
			    (long long)world_time(until + 12));
	}
	side_override(turn->world->side, step_word(step, 1), bytes);
	text_add(told, "set");
}

static void
do_list(struct turn *turn, const struct step *step, struct text *told)
{
	struct block *blocks = NULL;
	size_t count = 0;
	char time[32];

	tell_result(told, store_list_blocked(turn->world->console,
	    step_value(step, "after", ""),
	    (size_t)atoi(step_value(step, "most", "100")), &blocks, &count,
	    world_deadline()));
	text_printf(told, " count=%zu", count);
	for (size_t i = 0; i < count; i++) {
		text_printf(told, " %s:%s:%s", blocks[i].account,
		    world_cause(blocks[i].cause),
		    world_show(blocks[i].until_ms, time));
		block_clear(&blocks[i]);
	}
	free(blocks);
}

static void
do_explain(struct turn *turn, const struct step *step, struct text *told)
{
	struct account_record record;

	if (store_account(turn->world->console, step_word(step, 1),
		&turn->world->config.settings,
		(size_t)atoi(step_value(step, "most", "100")), &record,
		world_deadline()) == STORE_DONE)
		tell_record(told, &record);
	else
		text_add(told, "failed");
	account_record_clear(&record);
}

static void
do_take(struct turn *turn, const struct step *step, struct text *told)
{
	struct outbox_row *rows = NULL;
	size_t count = 0;
	char time[32];

	tell_result(told, store_outbox_take(turn->world->console,
	    step_value(step, "channel", NULL),
	    (size_t)atoi(step_value(step, "most", "10")),
	    (uint32_t)duration_parse(step_value(step, "lease", "1m")),
	    &rows, &count, world_deadline()));
	ck_assert_uint_le(count, OUTBOX_MAX);
	text_printf(told, " count=%zu", count);
	for (size_t i = 0; i < count; i++) {
		text_printf(told, " %s:%s:%s:%s:%u:%s", rows[i].channel,
		    rows[i].kind, rows[i].account,
		    world_show(rows[i].created_ms, time),
		    (unsigned)rows[i].attempts, rows[i].recipients);
		ck_assert_int_eq(rows[i].event[0], '{');
		turn->taken->ids[i] = rows[i].id;
		outbox_row_clear(&rows[i]);
	}
	free(rows);
}

/* The id of the row at the place that the step names. */
static int64_t
taken_at(const struct turn *turn, const struct step *step)
{
	int place = atoi(step_word(step, 1));

	ck_assert(place > 0 && place <= OUTBOX_MAX);
	return turn->taken->ids[place - 1];
}

static void
do_told(struct turn *turn, const struct step *step, struct text *told)
{
	tell_result(told, store_outbox_end(turn->world->console,
	    taken_at(turn, step), step->count > 2 ? step->words[2] : "",
	    world_deadline()));
}

static void
do_delay(struct turn *turn, const struct step *step, struct text *told)
{
	int64_t delay_s = duration_parse(step_word(step, 2));
	bool counts = step->count < 4 || strcmp(step->words[3], "again") != 0;

	tell_result(told, store_outbox_delay(turn->world->console,
	    taken_at(turn, step), (uint32_t)delay_s, counts,
	    step_value(step, "recipients", ""), "busy", world_deadline()));
}

static const struct {
	const char *word;
	void (*run)(struct turn *, const struct step *, struct text *told);
} verbs[] = {
	{ "set", do_set }, { "at", do_at }, { "block", do_block },
	{ "learn", do_learn }, { "learned", do_learned },
	{ "unblock", do_unblock }, { "expire", do_expire },
	{ "clean", do_clean }, { "override", do_override },
	{ "list", do_list }, { "explain", do_explain }, { "take", do_take },
	{ "told", do_told }, { "delay", do_delay },
};

bool
step_do(const struct step *step, struct world *world, struct taken *taken,
    struct text *told)
{
	struct turn turn = { world, taken };

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(step->words[0], verbs[i].word) == 0) {
			verbs[i].run(&turn, step, told);
			return true;
		}
	return false;
}
