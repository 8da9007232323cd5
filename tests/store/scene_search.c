/*
 * scene_search.c -- blocks, overrides and changes found; countries seen.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "scenes.h"

#include "base/clock.h"
#include "script.h"
#include "store/countries_seen.h"
#include "store/search.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTE_MS = 60000 };

static void
log_in(struct world *world, const char *account, const char *address,
    const char *country)
{
	struct check check = { .account = account, .instance = "",
		.settings = &world->config.settings };

	ck_assert_int_eq(addr_parse(address, &check.login.network), 0);
	check.login.client = check.login.network;
	strcpy(check.login.country, country);
	store_check(world->store, &check, 1, world_deadline());
	ck_assert_int_eq(check.result, STORE_DONE);
}

/* Blocks of several causes, countries and times, in two domains. */
static void
block_some(struct world *world)
{
	static const struct {
		const char *account, *country;
	} rows[] = {
		{ "joe@a.org", "FR" }, { "ann@b.org", "FR" },
		{ "\xc5\x81ukasz@a.org", "DE" }, { "joe_%@b.org", "" },
	};

	world_set(world, "countries", "0");
	world_set(world, "networks", "0");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		clock_set_wall_ms(SCRIPT_START_MS + (int64_t)i * MINUTE_MS);
		log_in(world, rows[i].account, "192.0.2.1", rows[i].country);
	}
	log_in(world, "ann@b.org", "192.0.2.1", "FR");
	clock_set_wall_ms(SCRIPT_START_MS + 10 * MINUTE_MS);
	ck_assert_int_eq(store_block(world->console, "manual@a.org", 0,
	    "because", world_deadline()), STORE_DONE);
	ck_assert_int_eq(store_block(world->console, "over@a.org", 1, "",
	    world_deadline()), STORE_DONE);
	clock_set_wall_ms(SCRIPT_START_MS + 11 * MINUTE_MS);
}

/* All pages of two; how many there were. */
static size_t
find(struct world *world, struct block_search search, struct text *told)
{
	char after[100] = "";
	uint64_t total;
	size_t sum = 0, count;

	ck_assert_int_eq(store_count_blocks(world->console, &search, &total,
	    world_deadline()), STORE_DONE);
	search.after = after;
	search.after_key = BLOCK_SEARCH_START_KEY;
	search.most = 2;
	do {
		struct found_block *found;

		ck_assert_int_eq(store_search_blocks(world->console, &search,
		    &found, &count, world_deadline()), STORE_DONE);
		for (size_t i = 0; i < count; i++) {
			text_printf(told, " %s", found[i].block.account);
			snprintf(after, sizeof(after), "%s",
			    found[i].block.account);
			search.after_key = found[i].key;
			block_clear(&found[i].block);
		}
		sum += count;
		free(found);
	} while (count > 0);
	ck_assert_uint_eq(sum, total);
	text_add(told, "\n");
	return sum;
}

static struct block_search
all(void)
{
	return (struct block_search){ .text = "", .domain = "",
		.country = "" };
}

void
scene_blocks_are_found(struct world *world, struct text *told)
{
	struct block_search search;

	block_some(world);
	for (int i = 0; i < BLOCK_ORDERS; i++) {
		search = all();
		search.order = (enum block_order)i;
		text_printf(told, "%s:", block_orders[i]);
		ck_assert_uint_eq(find(world, search, told), 5);
	}
	search = all();
	search.text = "_%";
	ck_assert_uint_eq(find(world, search, told), 1);
	search = all();
	search.domain = "a.org";
	ck_assert_uint_eq(find(world, search, told), 3);
	search.domain = ".org";
	ck_assert_uint_eq(find(world, search, told), 0);
	search = all();
	search.country = "FR";
	ck_assert_uint_eq(find(world, search, told), 2);
	search = all();
	search.cause = CAUSE_MANUAL;
	ck_assert_uint_eq(find(world, search, told), 1);
	search = all();
	search.since_ms = SCRIPT_START_MS + 2 * MINUTE_MS;
	ck_assert_uint_eq(find(world, search, told), 3);
}

void
scene_blocks_to_choose(struct world *world, struct text *told)
{
	struct block_causes *causes;
	struct block_countries *countries;
	size_t cause_count, country_count;

	block_some(world);
	ck_assert_int_eq(store_block_choices(world->console, &causes,
	    &cause_count, &countries, &country_count, world_deadline()),
	    STORE_DONE);
	for (size_t i = 0; i < cause_count; i++)
		text_printf(told, "%s %llu\n", cause_name(causes[i].cause),
		    (unsigned long long)causes[i].count);
	for (size_t i = 0; i < country_count; i++)
		text_printf(told, "'%s' %llu\n", countries[i].country,
		    (unsigned long long)countries[i].count);
	ck_assert_uint_eq(country_count, 3);
	free(causes);
	free(countries);
}

void
scene_countries_seen(struct world *world, struct text *told)
{
	struct country_seen *seen;
	struct country_account *accounts;
	struct block *blocks;
	size_t count, account_count, block_count;

	log_in(world, "joe", "192.0.2.1", "DE");
	log_in(world, "ann", "192.0.2.1", "DE");
	log_in(world, "ann", "192.0.2.2", "DE");
	block_some(world);
	ck_assert_int_eq(store_countries(world->console, 3600, &seen, &count,
	    world_deadline()), STORE_DONE);
	for (size_t i = 0; i < count; i++)
		text_printf(told, "'%s' %llu %llu %llu\n", seen[i].country,
		    (unsigned long long)seen[i].accounts,
		    (unsigned long long)seen[i].networks,
		    (unsigned long long)seen[i].blocks);
	free(seen);
	ck_assert_int_eq(store_country(world->console, "DE", 3600, 10,
	    &accounts, &account_count, &blocks, &block_count,
	    world_deadline()), STORE_DONE);
	ck_assert_uint_eq(account_count, 3);
	ck_assert_uint_eq(block_count, 1);
	for (size_t i = 0; i < account_count; i++) {
		text_printf(told, "%s %llu\n", accounts[i].account,
		    (unsigned long long)accounts[i].networks);
		country_account_clear(&accounts[i]);
	}
	text_printf(told, "%s\n", blocks[0].account);
	block_clear(&blocks[0]);
	free(accounts);
	free(blocks);
	ck_assert_int_eq(store_countries(world->console, 60, &seen, &count,
	    world_deadline()), STORE_DONE);
	text_printf(told, "%zu\n", count);
	free(seen);
}

void
scene_overrides_and_changes_are_found(struct world *world, struct text *told)
{
	struct stored_override *overrides;
	struct change *changes;
	size_t count;
	int64_t revision;

	store_act_as(world->console, "Anna", "192.0.2.9");
	ck_assert_int_eq(scene_put(world, "joe@a.org", 5, REVISION_ANY,
	    &revision), STORE_DONE);
	ck_assert_int_eq(scene_put(world, "@b.org", 5, REVISION_ANY,
	    &revision), STORE_DONE);
	ck_assert_int_eq(store_block(world->console, "joe@b.org", 0, "",
	    world_deadline()), STORE_DONE);
	ck_assert_int_eq(store_unblock_because(world->console, "joe@b.org",
	    "it was \"me\"", world_deadline()), STORE_DONE);
	ck_assert_int_eq(store_search_overrides(world->console, "b.o", "", 9,
	    &overrides, &count, world_deadline()), STORE_DONE);
	ck_assert_uint_eq(count, 1);
	text_printf(told, "%s\n", overrides[0].override.account);
	stored_override_clear(&overrides[0]);
	free(overrides);
	ck_assert_int_eq(store_search_changes(world->console, "JOE@b", 0, 9,
	    &changes, &count, world_deadline()), STORE_DONE);
	ck_assert_uint_eq(count, 2);
	ck_assert_ptr_nonnull(strstr(changes[0].detail,
	    "it was \\\"me\\\""));
	for (size_t i = 0; i < count; i++) {
		text_printf(told, "%s %s\n", changes[i].action,
		    changes[i].subject);
		change_clear(&changes[i]);
	}
	free(changes);
	ck_assert_int_eq(store_search_changes(world->console, "anna", 0, 9,
	    &changes, &count, world_deadline()), STORE_DONE);
	ck_assert_uint_eq(count, 4);
	for (size_t i = 0; i < count; i++)
		change_clear(&changes[i]);
	free(changes);
}
