/*
 * test_calls.c -- calls that are no requests: both stores tell the same.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each scene writes all that it is told to a text; the two texts must be the
 * same, and hold what the scene itself asserts.
 */
#include "tests.h"

#include "base/clock.h"
#include "base/mem.h"
#include "scenes.h"
#include "script.h"
#include "store/report_hits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOLD_SIZE = 65536, MOST = 50 };

/* The autonomous system of a country, to see that it is kept. */
static uint32_t
asn_of(const char *country)
{
	return country[0] != '\0' ? 64496 + (uint32_t)country[0] : 0;
}

/* A login, or several, of an account. */
static void
log_in(struct world *world, const char *account, const char *address,
    const char *country)
{
	struct check check = { .account = account, .instance = "",
		.weight = 1, .settings = &world->config.settings };

	ck_assert_int_eq(addr_parse(address, &check.login.network), 0);
	check.login.client = check.login.network;
	check.login.client.prefix = check.login.client.bits;
	strcpy(check.login.country, country);
	check.login.asn = asn_of(country);
	world_checks(world->store, &check, 1);
	ck_assert_int_eq(check.result, STORE_DONE);
}

/* Some accounts with logins, a block, hits. */
static void
live(struct world *world)
{
	world_set(world, "countries", "1");
	world_set(world, "rates", "2/1h");
	world_set(world, "notify", "on");
	log_in(world, "joe", "192.0.2.1", "DE");
	log_in(world, "joe", "192.0.2.1", "DE");
	log_in(world, "joe", "192.0.2.1", "DE");
	clock_set_wall_ms(SCRIPT_START_MS + 60000);
	log_in(world, "joe", "192.0.2.1", "DE");
	log_in(world, "ann", "2001:db8::/64", "");
	log_in(world, "ann", "192.0.2.1", "AT");
	log_in(world, "ann", "10.0.0.0/24", "CH");
	clock_set_wall_ms(SCRIPT_START_MS + 120000);
	ck_assert_int_eq(store_block(world->console, "ben", 60, "why",
	    world_deadline()), STORE_DONE);
	log_in(world, "ben", "192.0.2.7", "DE");
}

static void
changes_leave_a_trail(struct world *world, struct text *told)
{
	struct change *changes;
	size_t count;
	int64_t revision;
	char time[32];

	store_act_as(world->console, "admin", "192.0.2.9");
	ck_assert_int_eq(store_block(world->console, "joe", 60, "a \"why\"",
	    world_deadline()), STORE_DONE);
	ck_assert_int_eq(store_unblock(world->console, "joe",
	    world_deadline()), STORE_DONE);
	ck_assert_int_eq(store_unblock(world->console, "joe",
	    world_deadline()), STORE_NONE);
	ck_assert_int_eq(scene_put(world, "joe", 5, REVISION_ANY, &revision),
	    STORE_DONE);
	ck_assert_int_eq(store_delete_override(world->console, "joe", false,
	    REVISION_ANY, world_deadline()), STORE_DONE);
	ck_assert_int_eq(store_note_change(world->console, "reload", "",
	    "{\"a\":1}", world_deadline()), STORE_DONE);
	store_act_as(world->console, NULL, NULL);
	ck_assert_int_eq(store_block(world->console, "ann", 60, "",
	    world_deadline()), STORE_DONE);
	ck_assert_int_eq(store_list_changes(world->console, 0, MOST, &changes,
	    &count, world_deadline()), STORE_DONE);
	ck_assert_uint_eq(count, 5);
	for (size_t i = 0; i < count; i++) {
		text_printf(told, "%s %s %s '%s' %s %s\n",
		    world_show(changes[i].at_ms, time), changes[i].actor,
		    changes[i].origin, changes[i].subject, changes[i].action,
		    i == 0 ? "" : i > 0 && changes[i].id <
			changes[i - 1].id ? "older" : "out of order");
		ck_assert_int_eq(changes[i].detail[0], '{');
		change_clear(&changes[i]);
	}
	free(changes);
}

static void
tell_hits(struct world *world, struct text *told, bool reports)
{
	struct hit *hits;
	size_t count;
	char first[32], last[32];

	ck_assert_int_eq(store_hits(world->console, MOST, &hits, &count,
	    world_deadline()), STORE_DONE);
	text_printf(told, "%zu hits\n", count);
	for (size_t i = 0; i < count; i++)
		text_printf(told, "%s %s %u/%us %llu %s %s\n",
		    hits[i].account, world_cause(hits[i].cause),
		    (unsigned)hits[i].limit, (unsigned)hits[i].per_s,
		    (unsigned long long)hits[i].times,
		    world_show(hits[i].first_ms, first),
		    world_show(hits[i].last_ms, last));
	if (reports) {
		log_in(world, "joe", "192.0.2.1", "DE");
		ck_assert_int_eq(store_reported(world->console, hits, count,
		    world_deadline()), STORE_DONE);
	}
	for (size_t i = 0; i < count; i++)
		hit_clear(&hits[i]);
	free(hits);
}

static void
hits_are_reported_once(struct world *world, struct text *told)
{
	live(world);
	tell_hits(world, told, true);
	/* The one that came while the report was written is left. */
	tell_hits(world, told, true);
}

static void
what_is_held_is_counted(struct world *world, struct text *told)
{
	struct totals totals;
	int64_t revision;

	live(world);
	ck_assert_int_eq(scene_put(world, "@a.org", 1, REVISION_ANY, &revision),
	    STORE_DONE);
	ck_assert_int_eq(store_count(world->console, &totals,
	    world_deadline()), STORE_DONE);
	ck_assert_uint_eq(totals.blocked, 2);
	ck_assert_uint_eq(totals.outbox, 4);
	text_printf(told, "%llu %llu %llu %lld\n",
	    (unsigned long long)totals.blocked,
	    (unsigned long long)totals.overrides,
	    (unsigned long long)totals.outbox,
	    (long long)totals.outbox_since_ms);
}

static void
statistics_are_the_same(struct world *world, struct text *told)
{
	live(world);
	for (const struct figure *f = figures; f->name != NULL; f++) {
		struct figure_query query = { .figure = f,
			.account = f->account == FIGURE_OF_ONE ? "joe" : NULL,
			.more_than = 0 };
		struct figure_table table = { 0 };

		ck_assert_int_eq(store_figures(world->console, &query, &table,
		    world_deadline()), STORE_DONE);
		text_printf(told, "%s\n", f->name);
		for (size_t i = 0; i < table.count; i++)
			text_printf(told, "%s%s", table.cells[i],
			    (i + 1) % table.columns == 0 ? "\n" : " | ");
		figure_table_clear(&table);
	}
}

static void
past_logins_come_account_by_account(struct world *world, struct text *told)
{
	char after[40] = "";
	struct past_login *logins;
	size_t count;

	live(world);
	while (store_past_logins(world->console, after, 1, &logins, &count,
		   world_deadline()) == STORE_DONE) {
		for (size_t i = 0; i < count; i++) {
			char network[ADDR_TEXT_SIZE];
			const struct login_record *login = &logins[i].login;

			ck_assert_uint_eq(login->asn,
			    asn_of(login->country));
			text_printf(told, "%s %s '%s' %lld %llu\n",
			    logins[i].account,
			    addr_format(&login->network, network),
			    login->country, (long long)login->last_ms,
			    (unsigned long long)login->mails);
			snprintf(after, sizeof(after), "%s",
			    logins[i].account);
			past_login_clear(&logins[i]);
		}
		free(logins);
	}
	ck_assert_str_eq(after, "joe");
}

static void
what_is_carried_over_is_the_same(struct world *world, struct text *told)
{
	struct saved_account *accounts;
	struct saved_login *logins;
	size_t account_count, login_count;

	live(world);
	ck_assert_int_eq(store_save_accounts(world->console, "", MOST,
	    &accounts, &account_count, world_deadline()), STORE_DONE);
	ck_assert_int_eq(store_save_logins(world->console, "", "", MOST,
	    &logins, &login_count, world_deadline()), STORE_DONE);
	ck_assert_uint_eq(account_count, 3);
	ck_assert_uint_eq(login_count, 4);
	side_wipe(world->side);
	/* Twice is once. */
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(store_load_accounts(world->console, accounts,
		    account_count, world_deadline()), STORE_DONE);
		ck_assert_int_eq(store_load_logins(world->console, logins,
		    login_count, world_deadline()), STORE_DONE);
	}
	for (size_t i = 0; i < account_count; i++) {
		struct account_record record;

		ck_assert_int_eq(store_account(world->console,
		    accounts[i].account, &world->config.settings, MOST,
		    &record, world_deadline()), STORE_DONE);
		text_printf(told, "%s ", accounts[i].account);
		tell_record(told, &record);
		text_add(told, "\n");
		for (size_t k = 0; k < record.login_count; k++)
			ck_assert_uint_eq(record.logins[k].asn,
			    asn_of(record.logins[k].country));
		account_record_clear(&record);
		saved_account_clear(&accounts[i]);
	}
	for (size_t i = 0; i < login_count; i++)
		saved_login_clear(&logins[i]);
	free(accounts);
	free(logins);
}

static const struct {
	const char *name;
	scene *play;
} scenes[] = {
	{ "overrides change", scene_overrides_change },
	{ "custom settings are replaced", scene_custom_settings },
	{ "changes leave a trail", changes_leave_a_trail },
	{ "hits are reported once", hits_are_reported_once },
	{ "causes have the same names", scene_causes },
	{ "hits of odd names", scene_hits_of_odd_names },
	{ "a turn from the future", scene_turn_from_the_future },
	{ "blocks of nobody", scene_blocks_of_nobody },
	{ "decisions by time", scene_decisions_by_time },
	{ "decisions are bounded", scene_decisions_are_bounded },
	{ "decisions of two hosts", scene_decisions_of_two_hosts },
	{ "hosts", scene_hosts },
	{ "blocks are found", scene_blocks_are_found },
	{ "blocks to choose", scene_blocks_to_choose },
	{ "countries seen", scene_countries_seen },
	{ "overrides and changes are found",
	    scene_overrides_and_changes_are_found },
	{ "lessons are taken", scene_lessons_are_taken },
	{ "lessons are added", scene_lessons_are_added },
	{ "many lessons", scene_many_lessons },
	{ "who would be blocked", scene_who_would_be_blocked },
	{ "attempts of blocked accounts", scene_attempts },
	{ "an account is forgotten", scene_an_account_is_forgotten },
	{ "servers forget what is forgotten",
	    scene_servers_forget_what_is_forgotten },
	{ "unblocking teaches", scene_unblocking_teaches },
	{ "what is held is counted", what_is_held_is_counted },
	{ "statistics are the same", statistics_are_the_same },
	{ "past logins come account by account",
	    past_logins_come_account_by_account },
	{ "what is carried over is the same",
	    what_is_carried_over_is_the_same },
};

START_TEST(both_tell_the_same)
{
	char *told[SIDES] = { NULL, NULL };

	for (int side = 0; side < SIDES; side++) {
		struct world world;
		struct text text;

		if (!side_exists((enum side_kind)side) ||
		    /* Shards have one order by milliseconds alone, and no
		     * tables here. */
		    (side_is_proxy((enum side_kind)side) &&
			(scenes[_i].play == changes_leave_a_trail ||
			    scenes[_i].play == scene_blocks_of_nobody ||
			    scenes[_i].play ==
				scene_an_account_is_forgotten)))
			continue;
		told[side] = mem_new(TOLD_SIZE, 1);
		text_init(&text, told[side], TOLD_SIZE);
		world_open(&world, (enum side_kind)side);
		scenes[_i].play(&world, &text);
		world_close(&world);
		ck_assert(text.length > 0 && !text.is_cut);
	}
	if (told[SIDE_PGSQL] != NULL &&
	    strcmp(told[SIDE_SQLITE], told[SIDE_PGSQL]) != 0)
		ck_abort_msg("%s: the stores differ:\nSQLite:\n%s\n"
		    "PostgreSQL:\n%s", scenes[_i].name, told[SIDE_SQLITE],
		    told[SIDE_PGSQL]);
	free(told[SIDE_SQLITE]);
	free(told[SIDE_PGSQL]);
}
END_TEST

TCase *
tests_calls(void)
{
	TCase *tcase = tcase_create("calls");

	tcase_add_loop_test(tcase, both_tell_the_same, 0,
	    (int)(sizeof(scenes) / sizeof(scenes[0])));
	tcase_set_timeout(tcase, 120);
	return tcase;
}
