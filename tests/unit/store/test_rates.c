/*
 * test_rates.c -- sliding windows of mails, by table.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/rates.h"
#include "unit.h"

#include <string.h>

/* A round time: a sub-bucket of every window used here begins with it. */
#define START INT64_C(1767225600000)

/* One mail, or several; over: the rule that refuses it, 0 for none. */
struct mail {
	int64_t at_ms;
	uint32_t weight;
	size_t over;
	uint64_t used;	/* if it is refused: what the rule remembers */
};

struct row {
	const char *name;
	struct rates rates;
	struct mail mails[8];	/* weight 0 ends them */
};

static const struct row rows[] = {
	{ "the limit itself is allowed, one more is not",
	    { 1, { { 3, 3600 } } },
	    { { 0, 1, 0, 0 }, { 0, 1, 0, 0 }, { 0, 1, 0, 0 },
		{ 0, 1, 1, 3 } } },
	{ "a mail that does not fit whole is refused whole",
	    { 1, { { 10, 3600 } } },
	    { { 0, 9, 0, 0 }, { 0, 2, 1, 9 }, { 0, 1, 0, 0 } } },
	{ "a rule of none refuses all",
	    { 1, { { 0, 3600 } } },
	    { { 0, 1, 1, 0 } } },
	{ "a mail is remembered for the whole window",
	    { 1, { { 1, 3600 } } },
	    { { 0, 1, 0, 0 }, { 3600000, 1, 1, 1 } } },
	{ "and for a twelfth more at most",
	    { 1, { { 1, 3600 } } },
	    { { 0, 1, 0, 0 }, { 3899999, 1, 1, 1 }, { 3900000, 1, 0, 0 } } },
	{ "a mail at the end of its sub-bucket is forgotten on time",
	    { 1, { { 1, 3600 } } },
	    { { 299999, 1, 0, 0 }, { 3899999, 1, 1, 1 },
		{ 3900000, 1, 0, 0 } } },
	{ "twice the limit never passes around an edge",
	    { 1, { { 2, 3600 } } },
	    { { 299999, 2, 0, 0 }, { 300000, 1, 1, 2 },
		{ 3600000, 1, 1, 2 }, { 3900000, 2, 0, 0 },
		{ 3900000, 1, 1, 2 } } },
	{ "after a long silence nothing is remembered",
	    { 1, { { 1, 60 } } },
	    { { 0, 1, 0, 0 }, { INT64_C(86400000) * 365, 1, 0, 0 } } },
	{ "what is refused is not counted",
	    { 1, { { 2, 3600 } } },
	    { { 0, 1, 0, 0 }, { 1800000, 2, 1, 1 }, { 3900000, 2, 0, 0 } } },
	{ "the first broken rule is told, and none counts",
	    { 2, { { 5, 60 }, { 3, 3600 } } },
	    { { 0, 3, 0, 0 }, { 0, 1, 2, 3 }, { 0, 3, 1, 3 },
		{ 65000, 6, 1, 0 }, { 65000, 1, 2, 3 },
		{ 3900000, 3, 0, 0 } } },
	{ "a clock that goes back stays where it was",
	    { 1, { { 2, 3600 } } },
	    { { 7200000, 1, 0, 0 }, { 0, 1, 0, 0 }, { 0, 1, 1, 2 },
		{ 11099999, 1, 1, 2 }, { 11100000, 2, 0, 0 } } },
	{ "a window that twelve does not divide",
	    { 1, { { 1, 1 } } },
	    { { 0, 1, 0, 0 }, { 1000, 1, 1, 1 }, { 1084, 1, 0, 0 } } },
	{ "the greatest numbers do not overflow",
	    { 1, { { UINT32_MAX, 3155760000 } } },
	    { { 0, UINT32_MAX, 0, 0 }, { 0, 1, 1, UINT32_MAX },
		{ 0, UINT32_MAX, 1, UINT32_MAX } } },
};

static void
play(const struct row *row)
{
	struct rate_rings rings = { 0 };

	for (size_t i = 0; i < ROWS(row->mails) && row->mails[i].weight > 0;
	     i++) {
		const struct mail *mail = &row->mails[i];
		struct rate_rings before = rings;
		uint64_t used = 0;
		size_t over = rates_ask(&rings, &row->rates, mail->weight,
		    START + mail->at_ms, &used);

		ck_assert_msg(over == mail->over && used == mail->used,
		    "%s: mail %zu: over %zu, used %llu", row->name, i + 1,
		    over, (unsigned long long)used);
		if (over > 0)
			ck_assert_mem_eq(&before, &rings, sizeof(rings));
	}
}

START_TEST(mails_pass_or_not)
{
	for (size_t i = 0; i < ROWS(rows); i++)
		play(&rows[i]);
}
END_TEST

START_TEST(rules_come_and_go)
{
	const struct rates hour = { 1, { { 5, 3600 } } };
	const struct rates both = { 2, { { 9, 60 }, { 5, 3600 } } };
	struct rate_rings rings = { 0 };
	uint64_t used;

	ck_assert_uint_eq(rates_ask(&rings, &hour, 3, START, &used), 0);
	ck_assert_uint_eq(rates_ask(&rings, &both, 1, START, &used), 0);
	ck_assert_uint_eq(rings.count, 2);
	ck_assert_uint_eq(rates_used(&rings, 60, START), 1);
	ck_assert_uint_eq(rates_used(&rings, 3600, START), 4);
	ck_assert_uint_eq(rates_used(&rings, 3600, START + 3899999), 4);
	ck_assert_uint_eq(rates_used(&rings, 3600, START + 3900000), 0);
	ck_assert_uint_eq(rates_used(&rings, 7200, START), 0);
	ck_assert_uint_eq(rates_ask(&rings, &hour, 1, START, &used), 0);
	ck_assert_uint_eq(rings.count, 1);
	ck_assert_uint_eq(rates_used(&rings, 60, START), 0);
}
END_TEST

/* Rings with a different number in every place. */
static struct rate_rings
many(size_t count)
{
	struct rate_rings rings = { .count = count };

	for (size_t i = 0; i < count; i++) {
		struct rate_ring *ring = &rings.list[i];

		ring->per_s = UINT32_MAX - (uint32_t)i;
		ring->newest = INT64_C(0x1122334455667788) + (int64_t)i;
		for (size_t k = 0; k < RATE_SUMS; k++)
			ring->sums[k] = (uint32_t)(0xfedc0000u + 16 * i + k);
	}
	return rings;
}

START_TEST(bytes_are_read_back)
{
	uint8_t bytes[RATE_RINGS_BYTES];

	for (size_t count = 0; count <= RATE_RULES_MAX; count++) {
		struct rate_rings rings = many(count);
		struct rate_rings read = many(3);
		size_t length = rates_pack(&rings, bytes);

		ck_assert_uint_eq(length, count * RATE_RING_BYTES);
		rates_unpack(&read, bytes, length);
		ck_assert_uint_eq(read.count, count);
		for (size_t i = 0; i < count; i++) {
			ck_assert_uint_eq(read.list[i].per_s,
			    rings.list[i].per_s);
			ck_assert_int_eq(read.list[i].newest,
			    rings.list[i].newest);
			ck_assert_mem_eq(read.list[i].sums,
			    rings.list[i].sums, sizeof(rings.list[i].sums));
		}
	}
}
END_TEST

START_TEST(bytes_that_are_none_leave_no_rings)
{
	uint8_t bytes[RATE_RINGS_BYTES + RATE_RING_BYTES] = { 1 };
	static const size_t lengths[] = { 1, RATE_RING_BYTES - 1,
		RATE_RING_BYTES + 1, RATE_RINGS_BYTES + RATE_RING_BYTES };

	for (size_t i = 0; i < ROWS(lengths); i++) {
		struct rate_rings rings = many(2);

		rates_unpack(&rings, bytes, lengths[i]);
		ck_assert_uint_eq(rings.count, 0);
	}
}
END_TEST

START_TEST(a_ring_from_before_all_times_counts_nothing)
{
	struct rate_rings rings = many(1), back;
	uint8_t bytes[RATE_RINGS_BYTES];
	size_t length;

	rings.list[0].per_s = 3600;
	rings.list[0].newest = INT64_MIN;
	length = rates_pack(&rings, bytes);
	rates_unpack(&back, bytes, length);
	ck_assert_uint_eq(back.count, 1);
	ck_assert_uint_eq(rates_used(&back, 3600, START), 0);
}
END_TEST

START_TEST(bytes_are_the_same_on_every_machine)
{
	struct rate_rings rings = { .count = 1 };
	uint8_t bytes[RATE_RINGS_BYTES];
	static const uint8_t expected[] = { 0x04, 0x03, 0x02, 0x01, 0x18,
		0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, 0x24, 0x23, 0x22,
		0x21 };

	rings.list[0].per_s = 0x01020304;
	rings.list[0].newest = INT64_C(0x1112131415161718);
	rings.list[0].sums[0] = 0x21222324;
	rates_pack(&rings, bytes);
	ck_assert_mem_eq(bytes, expected, sizeof(expected));
}
END_TEST

START_TEST(a_clock_that_was_ahead_counts_as_now)
{
	const struct rates rates = { 2, { { 3, 60 }, { 5, 3600 } } };
	struct rate_rings rings = { .count = 0 };
	const int64_t ahead = START + INT64_C(86400000) * 30;
	uint64_t used;

	ck_assert(!rates_clamp(&rings, START));
	ck_assert_uint_eq(rates_ask(&rings, &rates, 3, ahead, &used), 0);
	ck_assert(!rates_clamp(&rings, ahead));
	ck_assert(rates_clamp(&rings, START));
	ck_assert(!rates_clamp(&rings, START));
	/* They count, but for a window from now on and no longer. */
	ck_assert_uint_eq(rates_ask(&rings, &rates, 1, START, &used), 1);
	ck_assert_uint_eq(rates_used(&rings, 60, START + 64999), 3);
	ck_assert_uint_eq(rates_used(&rings, 60, START + 65000), 0);
	ck_assert_uint_eq(rates_used(&rings, 3600, START + 65000), 3);
	ck_assert_uint_eq(rates_ask(&rings, &rates, 2, START + 65000, &used),
	    0);
	/* A ring of no rule, as others may write it, is left alone. */
	rings.list[0] = (struct rate_ring){ .newest = INT64_MAX };
	ck_assert(!rates_clamp(&rings, START + 65000));
}
END_TEST

UNIT("store/rates", mails_pass_or_not, a_clock_that_was_ahead_counts_as_now, rules_come_and_go, bytes_are_read_back,
    bytes_that_are_none_leave_no_rings,
    a_ring_from_before_all_times_counts_nothing,
    bytes_are_the_same_on_every_machine)
