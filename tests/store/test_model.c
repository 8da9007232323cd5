/*
 * test_model.c -- random mails against a model that keeps each of them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two promises of rates, whatever the traffic: never more than N in any
 * window of the length, and a mail is forgotten at most a twelfth late.
 */
#include "tests.h"

#include "base/clock.h"
#include "base/mem.h"
#include "script.h"
#include "world.h"

#include <stdlib.h>
#include <string.h>

enum {
	MAILS = 2500,
	/* A sub-bucket's width is rounded up by less than this. */
	ROUNDING_MS = 1,
};

struct traffic {
	const char *name;
	struct rates rates;
	uint32_t heaviest;	/* of a mail */
	uint64_t seed;
};

static const struct traffic traffics[] = {
	{ "one mail a second", { 1, { { 1, 1 } } }, 1, 1 },
	{ "three in seven seconds", { 1, { { 3, 7 } } }, 1, 2 },
	{ "ten recipients a minute, 25 in five", { 2, { { 10, 60 },
	    { 25, 300 } } }, 4, 3 },
	{ "thirty an hour, a hundred a day", { 2, { { 30, 3600 },
	    { 100, 86400 } } }, 12, 4 },
	{ "three rules that bite by turns", { 3, { { 5, 10 }, { 12, 60 },
	    { 40, 3600 } } }, 3, 5 },
};

/* xorshift64*: the same numbers on every machine. */
static uint64_t
roll(uint64_t *seed, uint64_t sides)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (*seed * UINT64_C(2685821657736338717) >> 33) % sides;
}

/*
 * How long after the last mail the next one comes: at once, soon, or around
 * an edge of a sub-bucket or window, where a ring is at its weakest.
 */
static int64_t
gap(const struct traffic *traffic, int64_t now_ms, uint64_t *seed)
{
	const struct rate_rule *rule =
	    &traffic->rates.rules[roll(seed, traffic->rates.count)];
	int64_t per_ms = (int64_t)rule->per_s * 1000;
	int64_t width_ms = (per_ms + 11) / 12;
	int64_t to_edge = width_ms - (now_ms + 1) % width_ms;

	switch (roll(seed, 12)) {
	case 0:
		return (int64_t)roll(seed, (uint64_t)per_ms);
	case 1:
		return (int64_t)roll(seed, (uint64_t)width_ms);
	case 2:
		return to_edge;
	case 3:
		return to_edge + 1;
	case 4:
		return per_ms - (int64_t)roll(seed, 2);
	case 5:
		return to_edge + per_ms;
	case 6:
		return to_edge + per_ms + width_ms - (int64_t)roll(seed, 3);
	default:
		return 0; /* a burst */
	}
}

struct mail {
	int64_t at_ms;
	uint32_t weight;
};

/* Weight of the mails that passed in the last so many ms, now included. */
static uint64_t
weight_since(const struct mail *mails, size_t count, int64_t since_ms)
{
	uint64_t weight = 0;

	while (count > 0 && mails[count - 1].at_ms >= since_ms)
		weight += mails[--count].weight;
	return weight;
}

/* The mail passed: then no window may hold too many. */
static void
see_passed(const struct traffic *traffic, const struct mail *mails,
    size_t count)
{
	int64_t now_ms = mails[count - 1].at_ms;

	for (size_t i = 0; i < traffic->rates.count; i++) {
		const struct rate_rule *rule = &traffic->rates.rules[i];
		uint64_t weight = weight_since(mails, count,
		    now_ms - (int64_t)rule->per_s * 1000);

		if (weight > rule->mails)
			ck_abort_msg("%s: %llu passed in %u s, %u may",
			    traffic->name, (unsigned long long)weight,
			    (unsigned)rule->per_s, (unsigned)rule->mails);
	}
}

/* The mail was refused: then mails younger than 13 twelfths forbid it, and
 * what is told lies between what must and what may be remembered. */
static void
see_refused(const struct traffic *traffic, const struct mail *mails,
    size_t count, const struct check *check, int64_t now_ms)
{
	const struct finding *finding = &check->finding;
	int64_t per_ms = (int64_t)finding->per_s * 1000;
	uint64_t least = weight_since(mails, count, now_ms - per_ms);
	uint64_t most = weight_since(mails, count,
	    now_ms - per_ms - per_ms / 12 - ROUNDING_MS);

	ck_assert_int_eq(finding->cause, CAUSE_RATE);
	if (most + check->weight <= finding->limit)
		ck_abort_msg("%s: refused for mails long past: %llu/%u",
		    traffic->name, (unsigned long long)most,
		    (unsigned)finding->limit);
	if (finding->found < least || finding->found > most)
		ck_abort_msg("%s: %u told, %llu to %llu there",
		    traffic->name, (unsigned)finding->found,
		    (unsigned long long)least, (unsigned long long)most);
}

/* Send all mails; a hash of the verdicts is the result. */
static uint64_t
send(const struct traffic *traffic, enum side_kind kind)
{
	struct mail *passed = mem_new(MAILS, sizeof(*passed));
	uint64_t seed = traffic->seed * 1000003;
	int64_t now_ms = SCRIPT_START_MS;
	uint64_t hash = 0;
	size_t count = 0;
	struct world world;

	world_open(&world, kind);
	world.config.settings.rates = traffic->rates;
	for (size_t i = 0; i < MAILS; i++) {
		struct check check = { .account = "joe", .instance = "",
			.settings = &world.config.settings };

		now_ms += gap(traffic, now_ms, &seed);
		clock_set_wall_ms(now_ms);
		check.weight = 1 + (uint32_t)roll(&seed, traffic->heaviest);
		world_checks(world.store, &check, 1);
		ck_assert_int_eq(check.result, STORE_DONE);
		hash = hash * 31 + check.finding.verdict * 1000 +
		    check.finding.found;
		if (check.finding.verdict == VERDICT_PASS) {
			passed[count++] = (struct mail){ now_ms,
				check.weight };
			see_passed(traffic, passed, count);
		} else {
			see_refused(traffic, passed, count, &check, now_ms);
		}
	}
	/* Traffic that is never refused, or always, tests nothing. */
	ck_assert_uint_gt(count, MAILS / 10);
	ck_assert_uint_lt(count, MAILS - MAILS / 10);
	world_close(&world);
	free(passed);
	return hash;
}

START_TEST(never_too_many_never_too_late)
{
	const struct traffic *traffic = &traffics[_i];
	uint64_t hash = send(traffic, SIDE_SQLITE);

	if (side_exists(SIDE_PGSQL))
		ck_assert_uint_eq(send(traffic, SIDE_PGSQL), hash);
}
END_TEST

TCase *
tests_model(void)
{
	TCase *tcase = tcase_create("model");

	tcase_add_loop_test(tcase, never_too_many_never_too_late, 0,
	    (int)(sizeof(traffics) / sizeof(traffics[0])));
	tcase_set_timeout(tcase, 240);
	return tcase;
}
