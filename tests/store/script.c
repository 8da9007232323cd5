/*
 * script.c -- what happens to a store, in words: a line a step.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "script.h"

#include "base/clock.h"
#include "base/mem.h"
#include "world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 40, ROUND_MAX = 16, TOLD_SIZE = 16384 };

/* A line, taken apart. */
struct step {
	char line[300];		/* as it is written */
	char bytes[300];	/* words point here */
	size_t count;
	char *words[WORDS_MAX];
	const char *expected;	/* behind "=>", "" for nothing; in line */
};

struct run {
	struct world world;
	struct text text;	/* the transcript */
	struct transcript *transcript;
	size_t round;		/* of requests that wait to be asked */
	struct step steps[ROUND_MAX];
	struct check checks[ROUND_MAX];
};

static void
take_apart(struct step *step, const char *line, size_t length)
{
	char *state = NULL;
	char *arrow;

	ck_assert_uint_lt(length, sizeof(step->line));
	snprintf(step->line, sizeof(step->line), "%.*s", (int)length, line);
	strcpy(step->bytes, step->line);
	arrow = strstr(step->bytes, "=>");
	step->expected = "";
	if (arrow != NULL) {
		*arrow = '\0';
		step->expected = step->line + (arrow - step->bytes) + 2;
	}
	step->count = 0;
	for (char *word = strtok_r(step->bytes, " \t", &state); word != NULL;
	     word = strtok_r(NULL, " \t", &state)) {
		ck_assert_uint_lt(step->count, WORDS_MAX);
		step->words[step->count++] = word;
	}
}

/* A word of a step by number; fails the test if there is none. */
static const char *
word_at(const struct step *step, size_t i)
{
	if (i >= step->count)
		ck_abort_msg("a word is missing: %s", step->line);
	return step->words[i];
}

/* The value of a word "key=value"; otherwise if there is no such word. */
static const char *
value_of(const struct step *step, const char *key, const char *otherwise)
{
	size_t length = strlen(key);

	for (size_t i = 0; i < step->count; i++)
		if (strncmp(step->words[i], key, length) == 0 &&
		    step->words[i][length] == '=')
			return step->words[i] + length + 1;
	return otherwise;
}

static bool
has_word(const char *text, const char *word, size_t length)
{
	for (const char *at = strstr(text, word); at != NULL;
	     at = strstr(at + 1, word))
		if ((at == text || at[-1] == ' ') &&
		    (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

/* Note what a step told, and whether that is what was expected. */
static void
conclude(struct run *run, const struct step *step, const char *told)
{
	char copy[300];
	char *state = NULL;

	text_printf(&run->text, "%s\n    %s\n", step->line, told);
	snprintf(copy, sizeof(copy), "%s", step->expected);
	for (char *word = strtok_r(copy, " \t", &state); word != NULL;
	     word = strtok_r(NULL, " \t", &state))
		if (!has_word(told, word, strlen(word)) &&
		    run->transcript->failure == NULL)
			run->transcript->failure = mem_printf(
			    "%s\n    has no %s in: %s", step->line, word,
			    told);
}

/* Words i to i+2: account, address, country. */
static void
take_request(struct run *run, const struct step *step)
{
	struct check *check = &run->checks[run->round];
	const char *country = word_at(step, 3);

	memset(check, 0, sizeof(*check));
	check->account = word_at(step, 1);
	if (strcmp(word_at(step, 2), "exempt") == 0) {
		ck_assert_int_eq(addr_parse("10.0.0.1", &check->login.client),
		    0);
	} else {
		struct addr *network = &check->login.network;

		ck_assert_int_eq(addr_parse(word_at(step, 2), network), 0);
		check->login.client = *network;
		check->login.client.prefix = network->bits;
	}
	if (strcmp(country, "-") != 0)
		strcpy(check->login.country, country);
	check->instance = value_of(step, "instance", "");
	check->weight = (uint32_t)atoi(value_of(step, "weight", "0"));
	check->weighs_once = strstr(step->line, " repeats") == NULL;
	check->settings = &run->world.config.settings;
	run->round++;
}

/* Ask the requests that wait, all in one round. */
static void
ask_round(struct run *run)
{
	size_t count = run->round;

	if (count == 0)
		return;
	run->round = 0;
	store_check(run->world.store, run->checks, count, world_deadline());
	for (size_t i = 0; i < count; i++) {
		char bytes[TOLD_SIZE];
		struct text told;

		text_init(&told, bytes, sizeof(bytes));
		tell_check(&told, &run->checks[i]);
		conclude(run, &run->steps[i], bytes);
	}
}

static void
do_set(struct run *run, const struct step *step, struct text *told)
{
	text_add(told, "set");
	world_set(&run->world, word_at(step, 1), word_at(step, 2));
}

static void
do_at(struct run *run, const struct step *step, struct text *told)
{
	(void)run;
	text_add(told, "it is");
	clock_set_wall_ms(world_time(word_at(step, 1)));
}

static void
tell_result(struct text *told, enum store_result result)
{
	static const char *const names[] = { "done", "none", "failed" };

	text_add(told, names[result]);
}

static void
do_block(struct run *run, const struct step *step, struct text *told)
{
	int64_t duration_s = text_parse_duration(word_at(step, 2));

	tell_result(told, store_block(run->world.console, word_at(step, 1),
	    (uint32_t)duration_s, step->count > 3 ? step->words[3] : "",
	    world_deadline()));
}

static void
do_unblock(struct run *run, const struct step *step, struct text *told)
{
	tell_result(told, store_unblock(run->world.console, word_at(step, 1),
	    world_deadline()));
}

static void
do_expire(struct run *run, const struct step *step, struct text *told)
{
	uint64_t ended = 0;

	(void)step;
	tell_result(told, store_expire(run->world.console, &ended,
	    world_deadline()));
	text_printf(told, " ended=%llu", (unsigned long long)ended);
}

static void
do_clean(struct run *run, const struct step *step, struct text *told)
{
	struct cleaned cleaned;
	int64_t retention_s = text_parse_duration(word_at(step, 1));

	tell_result(told, store_clean(run->world.console,
	    (uint32_t)retention_s, (unsigned)atoi(word_at(step, 2)), &cleaned,
	    world_deadline()));
	text_printf(told, " logins=%llu blocks=%llu accounts=%llu",
	    (unsigned long long)cleaned.logins,
	    (unsigned long long)cleaned.blocks,
	    (unsigned long long)cleaned.accounts);
}

static void
do_override(struct run *run, const struct step *step, struct text *told)
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
	side_override(run->world.side, word_at(step, 1), bytes);
	text_add(told, "set");
}

static void
do_list(struct run *run, const struct step *step, struct text *told)
{
	struct block *blocks = NULL;
	size_t count = 0;
	char time[32];

	tell_result(told, store_list_blocked(run->world.console,
	    value_of(step, "after", ""),
	    (size_t)atoi(value_of(step, "most", "100")), &blocks, &count,
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
do_explain(struct run *run, const struct step *step, struct text *told)
{
	struct account_record record;

	if (store_account(run->world.console, word_at(step, 1),
		&run->world.config.settings,
		(size_t)atoi(value_of(step, "most", "100")), &record,
		world_deadline()) == STORE_DONE)
		tell_record(told, &record);
	else
		text_add(told, "failed");
	account_record_clear(&record);
}

static const struct {
	const char *word;
	void (*run)(struct run *, const struct step *, struct text *told);
} verbs[] = {
	{ "set", do_set }, { "at", do_at }, { "block", do_block },
	{ "unblock", do_unblock }, { "expire", do_expire },
	{ "clean", do_clean }, { "override", do_override },
	{ "list", do_list }, { "explain", do_explain },
};

static void
run_step(struct run *run, const char *line, size_t length)
{
	struct step *step = &run->steps[run->round];
	char bytes[TOLD_SIZE];
	struct text told;

	ck_assert_uint_lt(run->round, ROUND_MAX - 1);
	take_apart(step, line, length);
	if (step->count == 0 || step->words[0][0] == '#')
		return;
	if (strcmp(step->words[0], "&") != 0) {
		/* What waits is asked before anything else happens. */
		struct step *next = &run->steps[run->round];

		ask_round(run);
		step = &run->steps[0];
		if (step != next)
			take_apart(step, line, length);
	}
	if (strcmp(step->words[0], "&") == 0 ||
	    strcmp(step->words[0], "login") == 0) {
		take_request(run, step);
		return;
	}
	text_init(&told, bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(step->words[0], verbs[i].word) == 0) {
			verbs[i].run(run, step, &told);
			conclude(run, step, bytes);
			return;
		}
	ck_abort_msg("no such step: %s", step->line);
}

void
script_run(enum side_kind kind, const char *script,
    struct transcript *transcript)
{
	enum { TRANSCRIPT_SIZE = 1 << 20 };
	struct run *run = mem_new(1, sizeof(*run));
	char *dump;

	transcript->text = mem_new(TRANSCRIPT_SIZE, 1);
	transcript->failure = NULL;
	text_init(&run->text, transcript->text, TRANSCRIPT_SIZE);
	run->transcript = transcript;
	world_open(&run->world, kind);
	while (*script != '\0') {
		size_t length = strcspn(script, "\n");

		run_step(run, script, length);
		script += length + (script[length] == '\n');
	}
	ask_round(run);
	dump = side_dump(run->world.side);
	text_add(&run->text, dump);
	ck_assert(!run->text.is_cut);
	free(dump);
	world_close(&run->world);
	free(run);
}

void
transcript_clear(struct transcript *transcript)
{
	free(transcript->text);
	free(transcript->failure);
}
