/*
 * test_name_cache.c -- names that were looked up, and what they resolved to.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "directory/name_cache.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

static const char *
numbered(unsigned number, char name[16])
{
	snprintf(name, 16, "name%u", number);
	return name;
}

/* Is the name there with its own number as value? */
static bool
holds(struct cache *cache, unsigned number)
{
	char name[16];
	struct cache_entry *entry = cache_find(cache, numbered(number, name));

	if (entry == NULL)
		return false;
	ck_assert_int_eq(entry->state, CACHE_FOUND);
	ck_assert_str_eq(entry->value, name);
	return true;
}

static void
put(struct cache *cache, unsigned number)
{
	char name[16];

	cache_set(cache_add(cache, numbered(number, name)), CACHE_FOUND, name,
	    number);
}

START_TEST(states)
{
	struct cache *cache = cache_new(4);
	struct cache_entry *entry;

	ck_assert_ptr_null(cache_find(cache, "joe"));
	entry = cache_add(cache, "joe");
	ck_assert_int_eq(entry->state, CACHE_EMPTY);
	ck_assert_ptr_null(entry->value);
	cache_set(entry, CACHE_FOUND, "joseph", 17);
	ck_assert_ptr_eq(cache_add(cache, "joe"), entry);
	ck_assert_str_eq(entry->value, "joseph");
	ck_assert_int_eq(entry->fresh_until_ms, 17);
	/* Its own value is a value like any other. */
	cache_set(entry, CACHE_FOUND, entry->value, 18);
	ck_assert_str_eq(entry->value, "joseph");
	cache_set(entry, CACHE_NONE, NULL, 19);
	ck_assert_int_eq(cache_find(cache, "joe")->state, CACHE_NONE);
	ck_assert_ptr_null(entry->value);
	ck_assert_uint_eq(cache_count(cache), 1);
	cache_free(cache);
	cache_free(NULL);
}
END_TEST

START_TEST(least_recently_used_gives_way)
{
	struct cache *cache = cache_new(3);

	put(cache, 1);
	put(cache, 2);
	put(cache, 3);
	ck_assert(holds(cache, 1)); /* that is use: now 2 is the oldest */
	put(cache, 4);
	ck_assert(!holds(cache, 2));
	put(cache, 3); /* and so is this: now 1 is */
	put(cache, 5);
	ck_assert(!holds(cache, 1));
	ck_assert(holds(cache, 3) && holds(cache, 4) && holds(cache, 5));
	ck_assert_uint_eq(cache_count(cache), 3);
	cache_free(cache);
}
END_TEST

START_TEST(one_place)
{
	struct cache *cache = cache_new(1);

	for (unsigned i = 0; i < 10; i++) {
		put(cache, i);
		ck_assert(holds(cache, i));
		ck_assert(i == 0 || !holds(cache, i - 1));
	}
	cache_free(cache);
}
END_TEST

START_TEST(a_new_entry_knows_nothing_of_the_old)
{
	struct cache *cache = cache_new(1);
	struct cache_entry *entry = cache_add(cache, "old");

	cache_set(entry, CACHE_FOUND, "value", 1000);
	entry->mark = 7;
	entry->is_told = true;
	entry = cache_add(cache, "new");
	ck_assert_int_eq(entry->state, CACHE_EMPTY);
	ck_assert_ptr_null(entry->value);
	ck_assert_int_eq(entry->fresh_until_ms, 0);
	ck_assert_uint_eq(entry->mark, 0);
	ck_assert(!entry->is_told);
	cache_free(cache);
}
END_TEST

/* Against a model: a list of names in order of use. */
START_TEST(behaves_like_a_list)
{
	enum { CAPACITY = 37, NAMES = 90, STEPS = 20000 };
	struct cache *cache = cache_new(CAPACITY);
	unsigned list[CAPACITY];
	unsigned count = 0;

	srand(1);
	for (int step = 0; step < STEPS; step++) {
		unsigned number = (unsigned)rand() % NAMES;
		unsigned place = 0;

		while (place < count && list[place] != number)
			place++;
		ck_assert_int_eq(holds(cache, number), place < count);
		if (place == count) {
			put(cache, number);
			if (count < CAPACITY)
				count++;
			else
				place--; /* the last one gave way */
		}
		for (; place > 0; place--)
			list[place] = list[place - 1];
		list[0] = number;
		ck_assert_uint_eq(cache_count(cache), count);
	}
	cache_free(cache);
}
END_TEST

UNIT("directory/name_cache", states, least_recently_used_gives_way, one_place,
    a_new_entry_knows_nothing_of_the_old, behaves_like_a_list)
