/*
 * scene_history.c -- decisions in buckets of time; the hosts there are.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "scenes.h"

#include "base/clock.h"
#include "script.h"
#include "store/decision_counts.h"
#include "store/hosts.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTE_MS = 60000 };
static const int64_t hour_ms = 60 * MINUTE_MS;
static const int64_t day_ms = 24 * 60 * MINUTE_MS;

/* Count so many decisions of each column, the next column one more. */
static void
count(struct world *world, uint64_t first, int64_t ago_s)
{
	struct decision_bucket bucket = { .ago_s = ago_s };

	for (int i = 0; i < DECIDED_COUNTS; i++)
		bucket.counts[i] = first + (uint64_t)i;
	ck_assert_int_eq(store_add_decisions(world->store, &bucket, 1,
	    world_deadline()), STORE_DONE);
}

static size_t
tell(struct world *world, const char *name, struct text *told)
{
	const struct decisions_span *span = decisions_spans;
	struct decision_bucket *rows;
	size_t found;
	int64_t now_ms;
	char time[32];

	while (strcmp(span->name, name) != 0)
		span++;
	ck_assert_int_eq(store_decisions(world->console, span, &rows, &found,
	    &now_ms, world_deadline()), STORE_DONE);
	ck_assert_int_eq(now_ms, clock_wall_ms());
	text_printf(told, "%s:\n", name);
	for (size_t i = 0; i < found; i++) {
		ck_assert_int_eq(rows[i].at_ms % (span->step_s * 1000), 0);
		text_printf(told, "%s", world_show(rows[i].at_ms, time));
		for (int k = 0; k < DECIDED_COUNTS; k++)
			text_printf(told, " %llu",
			    (unsigned long long)rows[i].counts[k]);
		text_add(told, "\n");
	}
	free(rows);
	return found;
}

static int64_t
rows_of(struct world *world)
{
	char *number = side_sql(world->side, world->kind == SIDE_PGSQL ?
	    "SELECT count(*) FROM policyd.decisions" :
	    "SELECT count(*) FROM decisions");
	int64_t rows = strtoll(number, NULL, 10);

	free(number);
	return rows;
}

void
scene_decisions_by_time(struct world *world, struct text *told)
{
	int64_t start_ms = SCRIPT_START_MS / day_ms * day_ms + day_ms;
	struct decision_bucket two[2] = { { .ago_s = 60 }, { .ago_s = 0 } };

	clock_set_wall_ms(start_ms);
	ck_assert_uint_eq(tell(world, "1h", told), 0);
	count(world, 1, 0);
	count(world, 100, 0);
	/* What was counted a minute ago belongs there, though told now. */
	clock_set_wall_ms(start_ms + 2 * MINUTE_MS + 30000);
	two[0].counts[DECIDED_BLOCKED] = 7;
	two[1].counts[DECIDED_BLOCKED] = 9;
	ck_assert_int_eq(store_add_decisions(world->store, two, 2,
	    world_deadline()), STORE_DONE);
	ck_assert_uint_eq(tell(world, "1h", told), 3);
	ck_assert_uint_eq(tell(world, "24h", told), 1);
	ck_assert_uint_eq(tell(world, "30d", told), 1);
	/* An hour later all of it is out of the hour, and in the day. */
	clock_set_wall_ms(start_ms + hour_ms + 5 * MINUTE_MS);
	count(world, 1, 0);
	ck_assert_uint_eq(tell(world, "1h", told), 1);
	ck_assert_uint_eq(tell(world, "24h", told), 2);
	ck_assert_uint_eq(tell(world, "30d", told), 1);
	ck_assert_uint_eq(rows_of(world), 4 + 2 + 1);
}

void
scene_decisions_are_bounded(struct world *world, struct text *told)
{
	int64_t start_ms = SCRIPT_START_MS / day_ms * day_ms;

	/* A bucket of each length at a time; old ones go. */
	for (int i = 0; i < 500; i++) {
		clock_set_wall_ms(start_ms + i * day_ms);
		count(world, 1, 0);
	}
	text_printf(told, "%lld\n", (long long)rows_of(world));
	/* Days 99 to 499, hours of the last 31 days, two minutes. */
	ck_assert_int_eq(rows_of(world), 401 + 32 + 2);
	/* A clock that is set back takes with it what is to come. */
	clock_set_wall_ms(start_ms + 100 * day_ms);
	count(world, 1, 0);
	ck_assert_int_eq(rows_of(world), 3 + 3 - 1);
	text_printf(told, "%lld\n", (long long)rows_of(world));
}

void
scene_decisions_of_two_hosts(struct world *world, struct text *told)
{
	const char *copy = world->kind == SIDE_PGSQL ?
	    "INSERT INTO policyd.decisions (span, began, host, passed) "
	    "SELECT span, began, 'other', 1000 FROM policyd.decisions "
	    "WHERE host <> 'other'" :
	    "INSERT INTO decisions (span, began, host, passed) "
	    "SELECT span, began, 'other', 1000 FROM decisions WHERE host <> 'other'";
	struct decision_bucket *rows;
	size_t found;
	int64_t now_ms;

	count(world, 1, 0);
	free(side_sql(world->side, copy));
	ck_assert_int_eq(store_decisions(world->console, decisions_spans,
	    &rows, &found, &now_ms, world_deadline()), STORE_DONE);
	ck_assert_uint_eq(found, 1);
	ck_assert_uint_eq(rows[0].counts[DECIDED_PASSED], 1001);
	ck_assert_uint_eq(rows[0].counts[DECIDED_EXEMPT], 2);
	free(rows);
	tell(world, "1h", told);
}

void
scene_hosts(struct world *world, struct text *told)
{
	struct host *hosts;
	size_t found;
	int64_t now_ms;

	ck_assert_int_eq(store_tell_host(world->store, "{\"a\": 1}",
	    world_deadline()), STORE_DONE);
	clock_set_wall_ms(SCRIPT_START_MS + MINUTE_MS);
	ck_assert_int_eq(store_tell_host(world->store, "{\"a\": 2}",
	    world_deadline()), STORE_DONE);
	ck_assert_int_eq(store_hosts(world->console, &hosts, &found, &now_ms,
	    world_deadline()), STORE_DONE);
	ck_assert_uint_eq(found, 1);
	ck_assert_int_eq(hosts[0].seen_ms, SCRIPT_START_MS + MINUTE_MS);
	ck_assert_int_eq(now_ms, hosts[0].seen_ms);
	text_printf(told, "%s %s %s\n", hosts[0].name, hosts[0].version,
	    hosts[0].state);
	host_clear(&hosts[0]);
	free(hosts);
	/* One that was renamed goes when it has been quiet for long. */
	free(side_sql(world->side, world->kind == SIDE_PGSQL ?
	    "UPDATE policyd.host SET host = 'gone'" :
	    "UPDATE host SET host = 'gone'"));
	clock_set_wall_ms(SCRIPT_START_MS + 31 * day_ms);
	ck_assert_int_eq(store_tell_host(world->store, "{}",
	    world_deadline()), STORE_DONE);
	ck_assert_int_eq(store_hosts(world->console, &hosts, &found, &now_ms,
	    world_deadline()), STORE_DONE);
	ck_assert_uint_eq(found, 1);
	host_clear(&hosts[0]);
	free(hosts);
}
