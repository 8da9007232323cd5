/*
 * test_account_state.c -- places, times and mails of an account, and as text.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/account_state.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define NOW INT64_C(1767225600000)

static struct account_state state;

static struct addr
network(const char *text)
{
	struct addr addr;

	ck_assert_int_eq(addr_parse(text, &addr), 0);
	return addr;
}

/* 198.51.100.number, seen at that time and written then. */
static struct place *
add(unsigned number, int64_t last_ms)
{
	char text[32];
	struct addr addr;
	struct place *place;

	snprintf(text, sizeof(text), "198.51.100.%u", number);
	addr = network(text);
	if (state_is_full(&state))
		ck_assert(state_let_oldest_go(&state)->is_gone);
	place = state_add(&state, &addr);
	place->last_ms = last_ms;
	place->written_ms = last_ms;
	return place;
}

static void
fill(void)
{
	state_init(&state);
	for (unsigned i = 1; i <= PLACES_MAX; i++)
		add(i, NOW + i);
}

START_TEST(the_one_seen_least_lately_makes_room)
{
	struct place *first;

	fill();
	first = &state.places[0];
	add(100, NOW + 100);
	ck_assert(first->is_gone);
	ck_assert(!first->is_due); /* its row says it all */
	ck_assert_int_eq(state.complete_ms, NOW + 1);
	ck_assert_ptr_null(state_find(&state, &first->network));
	ck_assert_uint_eq(state.place_count, PLACES_MAX + 1);
	state.places[1].pending = 2;
	add(101, NOW + 101);
	ck_assert(state.places[1].is_gone);
	ck_assert(state.places[1].is_due);
	ck_assert_int_eq(state.complete_ms, NOW + 2);
}
END_TEST

START_TEST(one_that_comes_back_is_the_same)
{
	struct place *place;
	size_t count;

	fill();
	state.places[0].pending = 3;
	add(100, NOW + 100);
	count = state.place_count;
	ck_assert_ptr_eq(state_let_oldest_go(&state), &state.places[1]);
	place = state_add(&state, &state.places[0].network);
	ck_assert_ptr_eq(place, &state.places[0]);
	ck_assert(!place->is_gone);
	ck_assert_uint_eq(place->pending, 3);
	ck_assert_int_eq(place->last_ms, NOW + 1);
	ck_assert_uint_eq(state.place_count, count);
	ck_assert(state.places[1].is_gone);
}
END_TEST

START_TEST(a_round_has_room_for_as_many_again)
{
	fill();
	for (unsigned i = 1; i <= PLACES_MAX; i++)
		add(100 + i, NOW + 100 + i);
	for (unsigned i = 0; i < PLACES_MAX; i++)
		ck_assert(state.places[i].is_gone);
	ck_assert_int_eq(state.complete_ms, NOW + PLACES_MAX);
}
END_TEST

START_TEST(what_leaves_the_window_is_dropped)
{
	struct place *place;

	state_init(&state);
	add(1, NOW);
	place = add(2, NOW + 1);
	place->written_ms = NOW;
	add(3, NOW + 2);
	state_drop(&state, NOW + 1);
	ck_assert(state.places[0].is_gone);
	ck_assert(!place_is_due(&state.places[0]));
	ck_assert(state.places[1].is_gone);
	ck_assert(place_is_due(&state.places[1])); /* later than its row */
	ck_assert(!state.places[2].is_gone);
	ck_assert_int_eq(state.complete_ms, NOW + 1);
}
END_TEST

START_TEST(times_ahead_become_now)
{
	const int64_t ahead = NOW + INT64_C(86400000) * 30;

	state_init(&state);
	add(1, NOW);
	state.since_ms = state.seen_ms = state.rated_ms = NOW;
	state.complete_ms = INT64_MAX; /* no time */
	ck_assert(!state_clamp(&state, NOW));

	add(2, ahead);
	state.since_ms = state.seen_ms = state.rated_ms = ahead;
	ck_assert(state_clamp(&state, NOW));
	ck_assert_int_eq(state.since_ms, NOW);
	ck_assert_int_eq(state.seen_ms, NOW);
	ck_assert_int_eq(state.rated_ms, NOW);
	ck_assert_int_eq(state.complete_ms, INT64_MAX);
	ck_assert_int_eq(state.places[1].last_ms, NOW);
	ck_assert(place_is_due(&state.places[1]));
	ck_assert(!place_is_due(&state.places[0]));
	ck_assert(!state_clamp(&state, NOW));
	state.complete_ms = ahead;
	ck_assert(state_clamp(&state, NOW));
	ck_assert_int_eq(state.complete_ms, NOW);
}
END_TEST

START_TEST(places_are_read_back)
{
	static const char *const networks[] = { "192.0.2.1", "10.0.0.0/8",
		"2001:db8::/64", "::/0", "0.0.0.0/0", "2001:db8::1" };
	static char text[PLACES_TEXT_SIZE];
	struct account_state back;
	struct place *place;

	state_init(&state);
	for (size_t i = 0; i < ROWS(networks); i++) {
		struct addr addr = network(networks[i]);

		place = state_add(&state, &addr);
		memcpy(place->country, i % 2 ? "DE" : "", i % 2 ? 3 : 1);
		place->asn = i == 0 ? UINT32_MAX : (uint32_t)i;
		place->last_ms = NOW + (int64_t)i;
		place->written_ms = NOW;
		place->pending = i == 1 ? UINT32_MAX : 0;
	}
	ck_assert_uint_eq(state_put_places(&state, text), strlen(text));
	state_init(&back);
	state_take_places(&back, text);
	ck_assert_uint_eq(back.place_count, ROWS(networks));
	ck_assert_int_eq(back.complete_ms, 0);
	for (size_t i = 0; i < ROWS(networks); i++) {
		place = &back.places[i];
		ck_assert(addr_equal(&place->network,
		    &state.places[i].network));
		ck_assert_str_eq(place->country, state.places[i].country);
		ck_assert_uint_eq(place->asn, state.places[i].asn);
		ck_assert_int_eq(place->last_ms, state.places[i].last_ms);
		ck_assert_int_eq(place->written_ms, NOW);
		ck_assert_uint_eq(place->pending, state.places[i].pending);
	}
}
END_TEST

START_TEST(text_tells_what_is_as_the_rows_will_be)
{
	static char text[PLACES_TEXT_SIZE];
	struct place *place;

	state_init(&state);
	ck_assert_uint_eq(state_put_places(&state, text), 0);
	ck_assert_str_eq(text, "");
	place = add(1, NOW);
	place->written_ms = 0;
	place->pending = 7;
	place->is_due = true;
	add(2, NOW)->is_gone = true;
	place = add(3, NOW);
	memcpy(place->country, "AT", 3);
	place->asn = 64500;
	place->written_ms = 5;
	place->pending = 12;
	state_put_places(&state, text);
	ck_assert_str_eq(text,
	    "198.51.100.1 -- 0000000000 1767225600000 1767225600000 "
	    "0000000000\n"
	    "198.51.100.3 AT 0000064500 1767225600000 0000000000005 "
	    "0000000012");
}
END_TEST

#define REST " DE 0000000001 1767225600000 1767225600000 0000000000"

START_TEST(lines_that_are_none_are_skipped)
{
	static const char *const lines[] = { "", " ", "x", "192.0.2.1",
		"192.0.2.1 ", "192.0.2.1 D", "192.0.2.1 DE", "192.0.2.1 DE 1",
		"192.0.2.1 DE 1 2", "192.0.2.1 DE 1 2 3", "nobody" REST,
		"192.0.2.1/33" REST, "192.0.2.1 DEU 1 2 3 4",
		"192.0.2.1 DE -1 2 3 4", "192.0.2.1 DE 4294967296 2 3 4",
		"192.0.2.1 DE 1 2 3 4294967296", "192.0.2.1 DE 1 2 3 x",
		"192.0.2.1 DE 1 2 3 4 5", "192.0.2.1 DE 1 2 3 4x",
		"192.0.2.1 DE 1 99999999999999999999 3 4",
		"192.0.2.1  DE 1 2 3 4",
		"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128-and-more"
		REST };
	char text[400];

	for (size_t i = 0; i < ROWS(lines); i++) {
		snprintf(text, sizeof(text), "192.0.2.7" REST "\n%s\n"
		    "192.0.2.8" REST, lines[i]);
		state_init(&state);
		state_take_places(&state, text);
		ck_assert_msg(state.place_count == 2, "%s", lines[i]);
		ck_assert_msg(state.complete_ms == INT64_MAX, "%s", lines[i]);
		/* And as the last one. */
		snprintf(text, sizeof(text), "192.0.2.7" REST "\n%s",
		    lines[i]);
		state_init(&state);
		state_take_places(&state, text);
		ck_assert_msg(state.place_count == 1, "%s", lines[i]);
	}
}
END_TEST

START_TEST(more_places_than_there_is_room_for)
{
	static char text[2 * PLACES_TEXT_SIZE];
	char *at = text;

	for (unsigned i = 1; i <= PLACES_MAX + 1; i++)
		at += sprintf(at, "198.51.100.%u" REST "\n", i);
	state_init(&state);
	state_take_places(&state, text);
	ck_assert_uint_eq(state.place_count, PLACES_MAX);
	ck_assert_int_eq(state.complete_ms, INT64_MAX);
}
END_TEST

/* The number of a mail that came from nowhere. */
static int64_t
mail(const char *instance)
{
	const struct addr nowhere = { .bits = 0 };

	return state_instance(instance, &nowhere);
}

START_TEST(mails_are_known_again)
{
	uint8_t bytes[INSTANCES_BYTES + 8] = { 0 };
	struct account_state back;
	char name[16];

	ck_assert_int_eq(mail(""), 0);
	ck_assert_int_ne(mail("a"), mail("b"));
	state_init(&state);
	ck_assert(!state_has_instance(&state, 0));
	for (int i = 0; i <= INSTANCES_MAX; i++) {
		snprintf(name, sizeof(name), "mail%d", i);
		state_add_instance(&state, mail(name));
	}
	ck_assert_uint_eq(state.instance_count, INSTANCES_MAX);
	ck_assert(!state_has_instance(&state, mail("mail0")));
	ck_assert_uint_eq(state_put_instances(&state, bytes), 8 * INSTANCES_MAX);
	state_init(&back);
	/* More than there is room for. */
	state_take_instances(&back, bytes, sizeof(bytes));
	ck_assert_uint_eq(back.instance_count, NUMBERS_MAX);
	ck_assert_mem_eq(back.instances, state.instances, 8 * INSTANCES_MAX);
	ck_assert(state_has_instance(&back, mail("mail1")));
	state_take_instances(&back, bytes, 15);
	ck_assert_uint_eq(back.instance_count, 1);
	state_take_instances(&back, NULL, 0);
	ck_assert_uint_eq(back.instance_count, 0);
}
END_TEST

/* Of a thousand processes: each has one. */
START_TEST(marks_are_found_among_mails)
{
	static struct marks marks[1000];
	static int64_t given[1000];
	uint8_t bytes[INSTANCES_BYTES];
	char name[16];

	state_init(&state);
	ck_assert(!state_has_mark(&state, 0));
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "mail%d", i);
		state_add_instance(&state, mail(name));
		marks_init(&marks[i]);
		given[i] = marks_next(&marks[i]);
		state_add_mark(&state, given[i], &marks[i]);
		state_add_mark(&state, given[i], &marks[i]);
		state_add_mark(&state, 0, &marks[i]);
		/* Its last one was answered. */
		state_add_mark(&state, given[i], &marks[i]);
	}
	ck_assert_uint_eq(state_put_instances(&state, bytes), INSTANCES_BYTES);
	state_init(&state);
	state_take_instances(&state, bytes, sizeof(bytes));
	for (int i = 999; i > 0; i--) {
		snprintf(name, sizeof(name), "mail%d", i);
		ck_assert_int_eq(state_has_mark(&state, given[i]),
		    i >= 1000 - MARKS_MAX);
		ck_assert_int_eq(state_has_instance(&state, mail(name)),
		    i >= 1000 - INSTANCES_MAX);
	}
}
END_TEST

START_TEST(one_process_leaves_one_mark)
{
	static struct marks ours, others;
	int64_t doubted, mark, other;

	state_init(&state);
	marks_init(&ours);
	marks_init(&others);
	doubted = marks_next(&ours);
	state_add_mark(&state, doubted, &ours);
	marks_doubt(&ours, doubted);
	state_add_instance(&state, mail("mail"));
	for (int i = 0; i < 1000; i++) {
		mark = marks_next(&ours);
		other = marks_next(&others);
		state_add_mark(&state, mark, &ours);
		state_add_mark(&state, other, &others);
	}
	ck_assert_uint_eq(state.instance_count, 4);
	ck_assert(state_has_mark(&state, doubted));
	ck_assert(state_has_mark(&state, mark));
	ck_assert(state_has_mark(&state, other));
	ck_assert(state_has_instance(&state, mail("mail")));
}
END_TEST

/* Of 200,000 names some would be taken for marks by chance. */
START_TEST(no_mail_is_a_mark)
{
	char name[16];

	for (int i = 0; i < 200000; i++) {
		snprintf(name, sizeof(name), "mail%d", i);
		ck_assert(!marks_is_one(mail(name)));
	}
}
END_TEST

UNIT("store/account_state", the_one_seen_least_lately_makes_room,
    one_that_comes_back_is_the_same, a_round_has_room_for_as_many_again,
    what_leaves_the_window_is_dropped, times_ahead_become_now,
    places_are_read_back, text_tells_what_is_as_the_rows_will_be,
    lines_that_are_none_are_skipped, more_places_than_there_is_room_for,
    mails_are_known_again, marks_are_found_among_mails,
    one_process_leaves_one_mark, no_mail_is_a_mark)
