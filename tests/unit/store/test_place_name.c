/*
 * test_place_name.c -- where an address is, as a number, and as text.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/place_name.h"
#include "unit.h"

static struct addr
addr(const char *text)
{
	struct addr result = { .bits = 0 };

	if (text[0] != '\0')
		ck_assert_int_eq(addr_parse(text, &result), 0);
	return result;
}

static const struct {
	const char *address;
	uint32_t asn;
	const char *place, *around;	/* NULL: none */
} places[] = {
	{ "192.0.2.1", 64496, "AS64496", "192.0.0.0/16" },
	{ "192.0.2.1", 0, "192.0.0.0/16", "192.0.0.0/16" },
	{ "0.0.0.1", 0, "0.0.0.0/16", "0.0.0.0/16" },
	{ "255.255.1.2", UINT32_MAX, "AS4294967295", "255.255.0.0/16" },
	{ "2001:db8:1234::1", 0, "2001:db8::/32", "2001:db8:1200::/40" },
	{ "2001:db8:1234::1", 7, "AS7", "2001:db8:1200::/40" },
	{ "::1", 0, "::/32", "::/32" },
	{ "", 64496, "AS64496", NULL },
	{ "", 0, NULL, NULL },
};

START_TEST(an_address_has_a_place_and_something_around_it)
{
	for (size_t i = 0; i < ROWS(places); i++) {
		struct addr client = addr(places[i].address);
		uint64_t place = place_name(&client, places[i].asn);
		uint64_t around = place_name_around(&client);
		char text[PLACE_NAME_SIZE];

		ck_assert_int_eq(place != 0, places[i].place != NULL);
		ck_assert_int_eq(around != 0, places[i].around != NULL);
		if (place != 0)
			ck_assert_str_eq(place_name_text(place, text),
			    places[i].place);
		if (around != 0)
			ck_assert_str_eq(place_name_text(around, text),
			    places[i].around);
		ck_assert_uint_eq(place_name_asn(place), places[i].asn);
		ck_assert_uint_eq(place_name_asn(around), 0);
	}
}
END_TEST

START_TEST(names_differ_where_places_do)
{
	static const struct {
		const char *one, *other;
		bool same_place, same_around;
	} pairs[] = {
		{ "192.0.2.1", "192.0.255.255", true, true },
		{ "192.0.2.1", "192.1.2.1", false, false },
		{ "2001:db8::1", "2001:db8:ff::1", true, true },
		{ "2001:db8::1", "2001:db8:100::1", true, false },
		{ "2001:db8::1", "2001:db9::1", false, false },
		{ "192.0.0.1", "c000::1", false, false },
		{ "::1", "0.0.0.1", false, false },
	};

	for (size_t i = 0; i < ROWS(pairs); i++) {
		struct addr one = addr(pairs[i].one);
		struct addr other = addr(pairs[i].other);

		ck_assert_msg((place_name(&one, 0) == place_name(&other,
		    0)) == pairs[i].same_place, "%s", pairs[i].other);
		ck_assert_msg((place_name_around(&one) ==
		    place_name_around(&other)) == pairs[i].same_around, "%s",
		    pairs[i].other);
		ck_assert(place_name(&one, 64496) ==
		    place_name(&other, 64496));
	}
}
END_TEST

START_TEST(countries)
{
	char text[PLACE_NAME_SIZE];

	ck_assert_uint_eq(place_name_country(""), 0);
	ck_assert_uint_ne(place_name_country("DE"),
	    place_name_country("ED"));
	ck_assert_str_eq(place_name_text(place_name_country("DE"), text),
	    "DE");
	ck_assert_uint_eq(place_name_asn(place_name_country("DE")), 0);
}
END_TEST

UNIT("store/place_name", an_address_has_a_place_and_something_around_it,
    names_differ_where_places_do, countries)
