/*
 * script.c -- what happens to a store, in words: a line a step.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "script.h"

#include "base/clock.h"
#include "base/mem.h"
#include "steps.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUND_MAX = 16, TOLD_SIZE = 16384, DAY_MS = 86400000 };

struct run {
	struct world world;
	struct text text;	/* the transcript */
	struct transcript *transcript;
	size_t round;		/* of requests that wait to be asked */
	struct step steps[ROUND_MAX];
	struct check checks[ROUND_MAX];
	struct taken taken;
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
	const char *country = step_word(step, 3);

	memset(check, 0, sizeof(*check));
	check->account = step_word(step, 1);
	if (strcmp(step_word(step, 2), "exempt") == 0) {
		ck_assert_int_eq(addr_parse("10.0.0.1", &check->login.client),
		    0);
		check->login.trust = TRUST_EXEMPT;
	} else if (strstr(step->line, " provider") != NULL) {
		ck_assert_int_eq(addr_parse(step_word(step, 2),
		    &check->login.client), 0);
		check->login.trust = TRUST_PROVIDER;
	} else {
		struct addr *network = &check->login.network;

		ck_assert_int_eq(addr_parse(step_word(step, 2), network), 0);
		check->login.client = *network;
		check->login.client.prefix = network->bits;
	}
	if (strcmp(country, "-") != 0)
		strcpy(check->login.country, country);
	check->login.asn = (uint32_t)atoi(step_value(step, "asn", "0"));
	check->instance = step_value(step, "instance", "");
	check->weight = (uint32_t)atoi(step_value(step, "weight", "0"));
	check->weighs_once = strstr(step->line, " repeats") == NULL;
	check->held = (uint32_t)atoi(step_value(step, "held", "0"));
	check->held_last_ms = clock_wall_ms() -
	    atoi(step_value(step, "ago", "0")) * INT64_C(3600000);
	check->is_held_only = strstr(step->line, " only") != NULL;
	check->is_counted = strstr(step->line, " counted") != NULL;
	check->settings = &run->world.config.settings;
	run->round++;
}

/* Ask what is asked more than once, a day's mails each day, but the last. */
static void
ask_days(struct run *run, const struct step *step)
{
	int days = atoi(step_value(step, "days", "1"));
	int mails = atoi(step_value(step, "mails", "1"));

	for (int day = 1; day <= days; day++) {
		for (int i = day == days; i < mails; i++) {
			run->checks[0].is_busy = false;
			world_checks(run->world.store, run->checks, 1);
		}
		if (day < days)
			clock_set_wall_ms(clock_wall_ms() + DAY_MS);
	}
}

/* Ask the requests that wait, all in one round. */
static void
ask_round(struct run *run)
{
	size_t count = run->round;

	if (count == 0)
		return;
	run->round = 0;
	if (count == 1)
		ask_days(run, &run->steps[0]);
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
	if (step_do(step, &run->world, &run->taken, &told)) {
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
