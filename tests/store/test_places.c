/*
 * test_places.c -- networks of an account: many, and by any name.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tests.h"

#include "base/clock.h"
#include "script.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows hold 64. */
enum { MANY = 100 };

static struct check
login_from(const struct world *world, const char *address)
{
	struct check check = { .account = "joe", .instance = "",
		.settings = &world->config.settings };

	ck_assert_int_eq(addr_parse(address, &check.login.network), 0);
	check.login.client = check.login.network;
	check.login.client.prefix = check.login.client.bits;
	strcpy(check.login.country, "DE");
	return check;
}

static struct check
login_number(const struct world *world, unsigned number)
{
	char address[32];

	snprintf(address, sizeof(address), "192.0.2.%u", number);
	return login_from(world, address);
}

static bool
begin(struct world *world, int side)
{
	if (!side_exists((enum side_kind)side))
		return false;
	world_open(world, (enum side_kind)side);
	world_set(world, "networks", "unlimited");
	world_set(world, "countries", "unlimited");
	return true;
}

START_TEST(each_network_more_counts_at_once)
{
	struct world world;

	if (!begin(&world, _i))
		return;
	for (unsigned i = 1; i <= MANY; i++) {
		struct check check = login_number(&world, i);

		/* Later than its row is written, and within the window. */
		clock_set_wall_ms(SCRIPT_START_MS + i * 70000);
		world_checks(world.store, &check, 1);
		ck_assert_int_eq(check.result, STORE_DONE);
		ck_assert_uint_eq(check.finding.evidence.found[MEASURE_NETWORKS], i);
	}
	world_close(&world);
}
END_TEST

START_TEST(each_network_of_a_round_counts_at_once)
{
	struct world world;
	struct check checks[MANY];

	if (!begin(&world, _i))
		return;
	for (unsigned i = 0; i < MANY; i++)
		checks[i] = login_number(&world, i + 1);
	world_checks(world.store, checks, MANY);
	for (unsigned i = 0; i < MANY; i++) {
		ck_assert_int_eq(checks[i].result, STORE_DONE);
		ck_assert_uint_eq(checks[i].finding.evidence.found[MEASURE_NETWORKS], i + 1);
	}
	world_close(&world);
}
END_TEST

/* The one seen least lately makes room, and comes back in the same round. */
START_TEST(a_network_that_made_room_comes_back)
{
	struct world world;
	struct check checks[3];
	char *mails;

	if (!begin(&world, _i))
		return;
	for (unsigned i = 1; i <= 64; i++) {
		clock_set_wall_ms(SCRIPT_START_MS + i);
		checks[0] = login_number(&world, i);
		world_checks(world.store, checks, 1);
	}
	for (unsigned round = 0; round < 3; round++) {
		clock_set_wall_ms(SCRIPT_START_MS + 1000 + round);
		checks[0] = login_number(&world, 100 + round);
		checks[1] = login_number(&world, 1 + round);
		checks[2] = login_number(&world, 100 + round);
		world_checks(world.store, checks, 3);
		for (unsigned i = 0; i < 3; i++) {
			ck_assert_int_eq(checks[i].result, STORE_DONE);
			ck_assert_uint_eq(checks[i].finding.evidence.found[MEASURE_NETWORKS],
			    65 + round);
		}
	}
	mails = side_sql(world.side, _i == SIDE_PGSQL ?
	    "SELECT count(*), sum(mails) FROM policyd.logins" :
	    "SELECT count(*), sum(mails) FROM logins");
	ck_assert_str_eq(mails, "67|73\n");
	free(mails);
	world_close(&world);
}
END_TEST

/* The event of a block by hand, and of its end, counts them all. */
START_TEST(events_count_each_network)
{
	struct world world;
	char *counts;

	if (!begin(&world, _i))
		return;
	world_set(&world, "notify", "on");
	for (unsigned i = 1; i <= MANY; i++) {
		struct check check = login_number(&world, i);

		world_checks(world.store, &check, 1);
	}
	clock_set_wall_ms(SCRIPT_START_MS + 1000);
	ck_assert_int_eq(store_block(world.console, "joe", 60, "",
	    world_deadline()), STORE_DONE);
	ck_assert_int_eq(store_unblock(world.console, "joe",
	    world_deadline()), STORE_DONE);
	counts = side_sql(world.side, _i == SIDE_PGSQL ?
	    "SELECT DISTINCT kind, event->'networks' FROM policyd.outbox "
	    "ORDER BY kind" :
	    "SELECT DISTINCT kind, event->'networks' FROM outbox "
	    "ORDER BY kind");
	ck_assert_str_eq(counts, "block|100\nunblock|100\n");
	free(counts);
	world_close(&world);
}
END_TEST

/* A login that comes from another store while this one is in use is later
 * than the one the account's row has. */
START_TEST(a_login_that_was_copied_counts)
{
	struct world world;
	struct check check;
	char account[] = "joe";
	struct saved_login copied = { .account = account,
		.country = "DE", .first_ms = SCRIPT_START_MS,
		.last_ms = SCRIPT_START_MS + 40 * 3600000, .mails = 9 };

	if (!begin(&world, _i))
		return;
	check = login_number(&world, 1);
	copied.network = check.login.network;
	world_checks(world.store, &check, 1);
	clock_set_wall_ms(SCRIPT_START_MS + 60 * 3600000);
	ck_assert_int_eq(store_load_logins(world.console, &copied, 1,
	    world_deadline()), STORE_DONE);
	check = login_number(&world, 2);
	world_checks(world.store, &check, 1);
	ck_assert_uint_eq(check.finding.evidence.found[MEASURE_NETWORKS], 2);
	world_close(&world);
}
END_TEST

static const char *const names[] = { "192.0.2.1", "10.0.0.0/8", "0.0.0.0/0",
	"2001:db8::/64", "2001:db8:0:1::/64", "2001:db8::1", "::1", "::/0",
	"::/96", "::0.0.1.1", "::1:1", "64:ff9b::/96", "64:ff9b::c000:201",
	"2001:0:0:1::/64", "2001:0:0:1:0:0:0:1", "2001:db8:0:1:1:1:1:1",
	"1:0:0:2:0:0:3:4", "1:0:2:0:3:0:4:0", "1:2:3:4:5:6:7:0",
	"0:2:3:4:5:6:7:8", "0:0:3:4:5:6:7:8", "fe80::/10", "ff00::/8",
	"::ffff:0:0:1", "0:0:0:0:ffff:0:1:0", "::fffe:192.0.2.1",
	"::192.0.2.1", "2002::/16", "2000::/3", "8000::/1", "::2:0:0:0",
	"2001:db8:100::/40", "2001:db8:0:100::/56" };

/* A second mail of a minute is pending in the account's row: the views add
 * it by the network's name. */
START_TEST(what_is_pending_is_found_by_any_name)
{
	struct world world;
	char *lost;

	if (!begin(&world, _i))
		return;
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (unsigned mail = 0; mail < 2; mail++) {
			struct check check = login_from(&world, names[i]);

			world_checks(world.store, &check, 1);
			ck_assert_int_eq(check.result, STORE_DONE);
		}
	lost = side_sql(world.side, _i == SIDE_PGSQL ?
	    "SELECT network, mails FROM policyd.logins WHERE mails <> 2" :
	    "SELECT network, mails FROM logins WHERE mails <> 2");
	ck_assert_str_eq(lost, "");
	free(lost);
	world_close(&world);
}
END_TEST

TCase *
tests_places(void)
{
	TCase *tcase = tcase_create("places");

	tcase_add_loop_test(tcase, each_network_more_counts_at_once, 0, SIDES);
	tcase_add_loop_test(tcase, each_network_of_a_round_counts_at_once, 0,
	    SIDES);
	tcase_add_loop_test(tcase, a_network_that_made_room_comes_back, 0,
	    SIDES);
	tcase_add_loop_test(tcase, events_count_each_network, 0, SIDES);
	tcase_add_loop_test(tcase, a_login_that_was_copied_counts, 0, SIDES);
	tcase_add_loop_test(tcase, what_is_pending_is_found_by_any_name, 0,
	    SIDES);
	tcase_set_timeout(tcase, 60);
	return tcase;
}
