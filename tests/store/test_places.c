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

/* Rows hold 32. */
enum { MANY = 100 };

/* From one login to the next; the window is a day. */
enum { STEP_MS = 20000 };

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

/* Log in from so many networks, one after the other, all in one round; returns
 * what the last one found. */
static struct finding
log_in_from(struct world *world, unsigned first, unsigned last)
{
	struct check checks[64];
	size_t count = 0;

	for (unsigned i = first; i <= last; i++) {
		char address[32];

		snprintf(address, sizeof(address), "10.%u.%u.%u", i / 10000,
		    i / 100 % 100, i % 100);
		checks[count++] = login_from(world, address);
		if (count < 64 && i < last)
			continue;
		clock_set_wall_ms(SCRIPT_START_MS + (int64_t)i * STEP_MS);
		world_checks(world->store, checks, count);
		for (size_t k = 0; k < count; k++)
			ck_assert_int_eq(checks[k].result, STORE_DONE);
		if (i < last)
			count = 0;
	}
	return checks[count - 1].finding;
}

static unsigned
rows_of(struct world *world)
{
	char *rows = side_sql(world->side, world->kind == SIDE_PGSQL ?
	    "SELECT count(*) FROM policyd.login" :
	    "SELECT count(*) FROM login");
	unsigned count = (unsigned)strtoul(rows, NULL, 10);

	free(rows);
	return count;
}

/* An account that is tried from everywhere, while nothing blocks it. */
START_TEST(the_oldest_give_way)
{
	struct world world;
	struct finding finding;
	struct account_record record;

	if (!begin(&world, _i))
		return;
	world.config.settings.most_networks = 200;
	finding = log_in_from(&world, 1, 200);
	ck_assert_uint_eq(finding.evidence.found[MEASURE_NETWORKS], 200);
	ck_assert(!finding.evidence.is_capped);
	ck_assert_uint_eq(rows_of(&world), 200);
	finding = log_in_from(&world, 201, 1500);
	ck_assert_uint_eq(finding.evidence.found[MEASURE_NETWORKS], 200);
	ck_assert(finding.evidence.is_capped);
	/* A quarter more, and a round. */
	ck_assert_uint_le(rows_of(&world), 200 + 50 + 64);
	ck_assert_uint_ge(rows_of(&world), 200);
	ck_assert_int_eq(store_account(world.console, "joe",
	    &world.config.settings, 10, &record, world_deadline()),
	    STORE_DONE);
	ck_assert_uint_eq(record.evidence.found[MEASURE_NETWORKS], 200);
	ck_assert(record.evidence.is_capped);
	account_record_clear(&record);
	/* Those that gave way are no longer missing a day later. */
	clock_set_wall_ms(SCRIPT_START_MS + 1500 * STEP_MS + 86300000);
	finding = log_in_from(&world, 1500 + 4316, 1500 + 4316);
	ck_assert(!finding.evidence.is_capped);
	world_close(&world);
}
END_TEST

/* One that is used all the time stays, and what is known of it. */
START_TEST(who_comes_again_does_not_give_way)
{
	struct world world;
	struct check home;
	char *mails;

	if (!begin(&world, _i))
		return;
	world.config.settings.most_networks = 200;
	home = login_from(&world, "192.0.2.1");
	for (unsigned i = 0; i < 30; i++) {
		log_in_from(&world, 1 + i * 40, 40 + i * 40);
		home.login.country[0] = 'D';
		world_checks(world.store, &home, 1);
		ck_assert_int_eq(home.result, STORE_DONE);
	}
	mails = side_sql(world.side, _i == SIDE_PGSQL ?
	    "SELECT mails FROM policyd.logins WHERE network = '192.0.2.1'" :
	    "SELECT mails FROM logins WHERE network = '192.0.2.1'");
	ck_assert_str_eq(mails, "30\n");
	free(mails);
	world_close(&world);
}
END_TEST

/* The last one that a limit allows, and one more: wherever they stand. */
START_TEST(a_limit_beyond_the_row_is_exact)
{
	struct world world;
	struct finding finding;
	struct check again;

	if (!begin(&world, _i))
		return;
	world.config.settings.most_networks = 200;
	world_set(&world, "networks", "300");
	finding = log_in_from(&world, 1, 300);
	ck_assert_int_eq(finding.verdict, VERDICT_PASS);
	ck_assert_uint_eq(finding.evidence.found[MEASURE_NETWORKS], 300);
	/* Places that are known, in the row and before it. */
	for (unsigned i = 1; i <= 300; i += 7) {
		finding = log_in_from(&world, i, i);
		ck_assert_int_eq(finding.verdict, VERDICT_PASS);
		ck_assert_uint_eq(finding.evidence.found[MEASURE_NETWORKS],
		    300);
	}
	again = login_from(&world, "10.0.0.1");
	clock_set_wall_ms(SCRIPT_START_MS + 301 * STEP_MS);
	world_checks(world.store, &again, 1);
	ck_assert_int_eq(again.finding.verdict, VERDICT_PASS);
	finding = log_in_from(&world, 302, 302);
	ck_assert_int_eq(finding.verdict, VERDICT_BLOCKED);
	ck_assert_uint_eq(finding.found, 301);
	world_close(&world);
}
END_TEST

static struct check
login_of(const struct world *world, const char *account, unsigned number)
{
	struct check check = login_number(world, number);

	check.account = account;
	return check;
}

/* Several accounts have more than their rows hold; of what one round asks some
 * are among these, some are new, and one has none. */
START_TEST(each_account_of_a_round_has_its_older_places)
{
	static const char *const accounts[] = { "ann", "bob", "joe" };
	const uint32_t found[] = { 41, 50, 1, 61, 61 };
	struct world world;
	struct check checks[5];

	if (!begin(&world, _i))
		return;
	for (unsigned i = 1; i <= 60; i++) {
		size_t count = 0;

		clock_set_wall_ms(SCRIPT_START_MS + i * 1000);
		for (unsigned k = 0; k < 3; k++)
			if (i <= 40 + 10 * k)
				checks[count++] = login_of(&world,
				    accounts[k], i);
		world_checks(world.store, checks, count);
	}
	clock_set_wall_ms(SCRIPT_START_MS + 3600000);
	checks[0] = login_of(&world, "ann", 200);
	checks[1] = login_of(&world, "bob", 3);
	checks[2] = login_of(&world, "eve", 4);
	checks[3] = login_of(&world, "joe", 201);
	checks[4] = login_of(&world, "joe", 5);
	world_checks(world.store, checks, 5);
	for (size_t i = 0; i < 5; i++) {
		ck_assert_int_eq(checks[i].result, STORE_DONE);
		ck_assert_uint_eq(checks[i].finding
		    .evidence.found[MEASURE_NETWORKS], found[i]);
	}
	world_close(&world);
}
END_TEST

/* Places leave the window while others are counted before the row. */
START_TEST(older_places_leave_with_the_window)
{
	struct world world;
	struct finding finding;

	if (!begin(&world, _i))
		return;
	world_set(&world, "networks", "100");
	finding = log_in_from(&world, 1, 60);
	/* They were seen 20 s after one another, in a round of 60. */
	clock_set_wall_ms(SCRIPT_START_MS + 4300 * STEP_MS);
	finding = log_in_from(&world, 4300, 4340);
	ck_assert_int_eq(finding.verdict, VERDICT_BLOCKED);
	ck_assert_int_eq(store_unblock(world.console, "joe",
	    world_deadline()), STORE_DONE);
	finding = log_in_from(&world, 5001, 5060);
	ck_assert_uint_eq(finding.evidence.found[MEASURE_NETWORKS], 60);
	/* A day later all but the last is new. */
	finding = log_in_from(&world, 5060 + 4321, 5060 + 4380);
	ck_assert_int_eq(finding.verdict, VERDICT_PASS);
	ck_assert_uint_eq(finding.evidence.found[MEASURE_NETWORKS], 60);
	world_close(&world);
}
END_TEST

/* Another program wrote to the row, and knows nothing of what is before it. */
START_TEST(a_row_that_somebody_else_changed_is_counted_again)
{
	struct world world;
	struct finding finding;
	char *nothing;

	if (!begin(&world, _i))
		return;
	log_in_from(&world, 1, 100);
	nothing = side_sql(world.side, _i == SIDE_PGSQL ?
	    "UPDATE policyd.account SET complete_since = complete_since + 1, "
	    "version = version + 1" :
	    "UPDATE account SET complete_since = complete_since + 1, "
	    "version = version + 1");
	free(nothing);
	finding = log_in_from(&world, 101, 101);
	ck_assert_uint_eq(finding.evidence.found[MEASURE_NETWORKS], 101);
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

/* The event of a block tells of the login that caused it. */
START_TEST(events_tell_the_autonomous_system)
{
	struct world world;
	char *systems;

	if (!begin(&world, _i))
		return;
	world_set(&world, "notify", "on");
	world_set(&world, "networks", "1");
	for (unsigned i = 1; i <= 2; i++) {
		struct check check = login_number(&world, i);

		check.login.asn = 64499 + i;
		world_checks(world.store, &check, 1);
	}
	systems = side_sql(world.side, _i == SIDE_PGSQL ?
	    "SELECT DISTINCT kind, event->>'asn' FROM policyd.outbox" :
	    "SELECT DISTINCT kind, event->>'asn' FROM outbox");
	ck_assert_str_eq(systems, "block|64501\n");
	free(systems);
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
	tcase_add_loop_test(tcase, the_oldest_give_way, 0, SIDES);
	tcase_add_loop_test(tcase, who_comes_again_does_not_give_way, 0,
	    SIDES);
	tcase_add_loop_test(tcase, a_limit_beyond_the_row_is_exact, 0, SIDES);
	tcase_add_loop_test(tcase,
	    each_account_of_a_round_has_its_older_places, 0, SIDES);
	tcase_add_loop_test(tcase, older_places_leave_with_the_window, 0,
	    SIDES);
	tcase_add_loop_test(tcase,
	    a_row_that_somebody_else_changed_is_counted_again, 0, SIDES);
	tcase_add_loop_test(tcase, events_count_each_network, 0, SIDES);
	tcase_add_loop_test(tcase, events_tell_the_autonomous_system, 0,
	    SIDES);
	tcase_add_loop_test(tcase, a_login_that_was_copied_counts, 0, SIDES);
	tcase_add_loop_test(tcase, what_is_pending_is_found_by_any_name, 0,
	    SIDES);
	tcase_set_timeout(tcase, 60);
	return tcase;
}
