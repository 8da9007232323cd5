/*
 * crowded.c -- what a login costs when its account has many places.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * usage: crowded URL [ATTEMPTS ...]
 *
 * An account whose password is stolen is tried from many networks, and nothing
 * blocks it. After so many attempts, each from a network of its own, logins
 * are timed one at a time: from the network seen last ("again"), from one of
 * the first that are remembered ("back"), and from one never seen ("new").
 * The last two write a row, and wait for the disk. It prints microseconds a
 * login, and how many times what the first line has.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "config/config.h"
#include "policy/store_of.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	ROUND = 64,		/* logins of one call, while it is filled */
	TIMED = 400,		/* logins of each kind */
	STEP_MS = 200,		/* from one attempt to the next */
	DEADLINE_MS = 600000,
	KINDS = 3,
	COUNTRIES = 200,
};

#define START_MS INT64_C(1767225600000)

struct crowd {
	struct store *store;
	const struct config *config;
	char account[40];
	unsigned seen;		/* networks so far: 0 to seen - 1 */
	int64_t now_ms;
};

static struct check
login_from(const struct crowd *crowd, unsigned number)
{
	struct check check = { .account = crowd->account, .instance = "",
		.settings = &crowd->config->settings };
	unsigned country = number % COUNTRIES;
	char address[32];

	snprintf(address, sizeof(address), "%u.%u.%u.%u", 1 + number / 1000000,
	    number / 10000 % 100, number / 100 % 100, number % 100);
	addr_parse(address, &check.login.network);
	check.login.client = check.login.network;
	snprintf(check.login.country, sizeof(check.login.country), "%c%c",
	    (int)('A' + country / 26), (int)('A' + country % 26));
	return check;
}

static struct finding
ask(struct crowd *crowd, struct check *checks, size_t count)
{
	crowd->now_ms += (int64_t)count * STEP_MS;
	clock_set_wall_ms(crowd->now_ms);
	store_check(crowd->store, checks, count,
	    clock_mono_ms() + DEADLINE_MS);
	for (size_t i = 0; i < count; i++)
		if (checks[i].result != STORE_DONE) {
			fputs("crowded: the store does not answer\n", stderr);
			exit(EXIT_FAILURE);
		}
	return checks[count - 1].finding;
}

static void
fill(struct crowd *crowd, unsigned attempts)
{
	struct check checks[ROUND];

	while (crowd->seen < attempts) {
		size_t count = 0;

		while (count < ROUND && crowd->seen < attempts)
			checks[count++] = login_from(crowd, crowd->seen++);
		ask(crowd, checks, count);
	}
}

/* Which network a login of that kind comes from. */
static unsigned
choose(struct crowd *crowd, int kind, unsigned i)
{
	/* Half of what is remembered ago, at most. */
	unsigned span = crowd->seen < 1000 ? crowd->seen : 1000;

	switch (kind) {
	case 0:
		return crowd->seen - 1;
	case 1:
		return crowd->seen - 1 - (span / 2 + i) % span;
	default:
		return crowd->seen++;
	}
}

static int
by_size(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a;
	int64_t other = *(const int64_t *)b;

	return (one > other) - (one < other);
}

/* What some logins took. */
struct cost {
	size_t count;
	int64_t took_us[TIMED];
	int64_t sum_us;
};

static void
measure(struct crowd *crowd, int kind, unsigned logins, struct cost *cost)
{
	for (unsigned i = 0; i < logins; i++) {
		struct check check = login_from(crowd, choose(crowd, kind, i));
		int64_t began_us = clock_mono_us();

		ask(crowd, &check, 1);
		cost->took_us[cost->count] = clock_mono_us() - began_us;
		cost->sum_us += cost->took_us[cost->count++];
	}
}

/* A crowd that is small is not to grow while it is measured. */
static unsigned
measure_crowds(const struct config *config, struct store *store,
    unsigned attempts, struct cost costs[KINDS])
{
	unsigned crowds = attempts < 1000 ? 100 : 1;
	struct finding finding = { .found = 0 };

	for (unsigned i = 0; i < crowds; i++) {
		struct crowd crowd = { .store = store, .config = config,
			.now_ms = START_MS };
		struct check last;

		snprintf(crowd.account, sizeof(crowd.account),
		    "crowd-%u-%u@example.com", attempts, i);
		fill(&crowd, attempts);
		for (int kind = 0; kind < KINDS; kind++)
			measure(&crowd, kind, TIMED / crowds, &costs[kind]);
		last = login_from(&crowd, crowd.seen - 1);
		finding = ask(&crowd, &last, 1);
	}
	return finding.evidence.found[MEASURE_NETWORKS];
}

static void
tell(const struct config *config, struct store *store, unsigned attempts,
    int64_t first_us[KINDS])
{
	static struct cost costs[KINDS];
	unsigned networks;

	memset(costs, 0, sizeof(costs));
	networks = measure_crowds(config, store, attempts, costs);
	printf("%8u", attempts);
	for (int kind = 0; kind < KINDS; kind++) {
		struct cost *cost = &costs[kind];
		int64_t mean_us = cost->sum_us / (int64_t)cost->count;

		if (first_us[kind] == 0)
			first_us[kind] = mean_us;
		qsort(cost->took_us, cost->count, sizeof(cost->took_us[0]),
		    by_size);
		printf("  %6lld %6lld %5.1fx",
		    (long long)cost->took_us[cost->count / 2],
		    (long long)mean_us,
		    (double)mean_us / (double)first_us[kind]);
	}
	printf("  %9u\n", networks);
	fflush(stdout);
}

static struct config *
configuration(const char *url)
{
	const struct passwd *user = getpwuid(getuid());
	char text[400];

	snprintf(text, sizeof(text), "store: {url: '%s'}\nserver: {deadline: "
	    "60s, user: '%s'}\nblock: {enabled: false}\n", url,
	    user != NULL ? user->pw_name : "nobody");
	return config_parse(text, strlen(text), "crowded", stderr);
}

int
main(int argc, char **argv)
{
	static const unsigned usual[] = { 10, 1000, 10000, 100000 };
	int64_t first_us[KINDS] = { 0 };
	struct config *config = argc > 1 ? configuration(argv[1]) : NULL;
	struct store *store;

	if (config == NULL) {
		fputs("usage: crowded URL [ATTEMPTS ...]\n", stderr);
		return EXIT_FAILURE;
	}
	store = store_of(config);
	clock_set_wall_ms(START_MS);
	if (store_init(store, true, clock_mono_ms() + DEADLINE_MS) !=
	    STORE_DONE)
		return EXIT_FAILURE;
	printf("%8s  %-21s  %-21s  %-21s  %9s\n%8s", "attempts", "again",
	    "back", "new", "networks", "");
	for (int kind = 0; kind < KINDS; kind++)
		printf("  %6s %6s %6s", "median", "mean", "");
	putchar('\n');
	for (int i = 2; i < argc; i++)
		tell(config, store, (unsigned)strtoul(argv[i], NULL, 10),
		    first_us);
	for (int i = 0; argc == 2 && i < 4; i++)
		tell(config, store, usual[i], first_us);
	store_close(store);
	config_free(config);
	return EXIT_SUCCESS;
}
