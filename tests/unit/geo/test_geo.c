/*
 * test_geo.c -- what GeoIP files of every layout say of an address.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "geo/geo.h"

#include "base/log.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char directory[] = "/tmp/policyd-geo-XXXXXX";
static char paths[GEOIP_FILES][80];

static void
run(const char *command)
{
	char line[200];

	snprintf(line, sizeof(line), "%s %s", command, directory);
	ck_assert_int_eq(system(line), 0);
}

static void
make_files(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
	run("perl tests/geoip/make-mmdb.pl");
}

static void
remove_files(void)
{
	run("rm -r");
	strcpy(directory + strlen(directory) - 6, "XXXXXX");
}

/* Open files by their names, "" for none. */
static struct geo *
open_files(const char *country, const char *asn, const char *city)
{
	const char *const names[GEOIP_FILES] = { country, asn, city };
	struct geo_paths given;

	for (int i = 0; i < GEOIP_FILES; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s%s%s",
		    names[i][0] != '\0' ? directory : "",
		    names[i][0] != '\0' ? "/" : "", names[i]);
		given.of[i] = paths[i];
	}
	return geo_open(&given, &given);
}

static struct place
locate(struct geo *geo, const char *address)
{
	struct place place;
	struct addr addr;

	ck_assert_int_eq(addr_parse(address, &addr), 0);
	geo_locate(geo, &addr, &place);
	return place;
}

/* All are asked for 192.0.2.33, in the third country: CH, AS64498. */
static const struct {
	const char *country, *asn, *city;	/* files */
	const char *code, *as_name;
	uint32_t number;
	bool has_point;
	uint32_t radius_km;
} rows[] = {
	{ "country.mmdb", "", "", "CH", "", 0, false, 0 },
	{ "flat.mmdb", "", "", "CH", "", 0, false, 0 },
	{ "lite.mmdb", "", "", "CH", "", 0, false, 0 },
	{ "info.mmdb", "", "", "CH", "", 0, false, 0 },
	{ "ipv4.mmdb", "", "", "CH", "", 0, false, 0 },
	{ "", "asn.mmdb", "", "", "Example 2", 64498, false, 0 },
	{ "", "lite.mmdb", "", "", "Example 2", 64498, false, 0 },
	{ "", "info-asn.mmdb", "", "", "Example 2", 64498, false, 0 },
	{ "", "", "city.mmdb", "CH", "", 0, true, 12 },
	{ "", "", "flat-city.mmdb", "CH", "", 0, true, 0 },
	/* geoip.country goes before geoip.city. */
	{ "country-v2.mmdb", "", "city.mmdb", "FR", "", 0, true, 12 },
	{ "country.mmdb", "asn.mmdb", "city.mmdb", "CH", "Example 2", 64498,
	    true, 12 },
	/* A file that knows other things is silent. */
	{ "asn.mmdb", "country.mmdb", "asn.mmdb", "", "", 0, false, 0 },
	{ "", "", "", "", "", 0, false, 0 },
};

START_TEST(every_layout_is_read)
{
	make_files();
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct geo *geo = open_files(rows[i].country, rows[i].asn,
		    rows[i].city);
		struct place place;

		ck_assert_ptr_nonnull(geo);
		place = locate(geo, "192.0.2.33");
		ck_assert_msg(strcmp(place.country, rows[i].code) == 0 &&
			strcmp(place.as_name, rows[i].as_name) == 0 &&
			place.asn == rows[i].number &&
			place.has_point == rows[i].has_point &&
			place.radius_km == rows[i].radius_km,
		    "row %zu: %s AS%u %s %d %u km", i, place.country,
		    place.asn, place.as_name, place.has_point,
		    place.radius_km);
		if (place.has_point)
			ck_assert(fabs(place.latitude + 25) < 0.001 &&
			    fabs(place.longitude + 110) < 0.001);
		ck_assert(geo_has_countries(geo) ==
		    (rows[i].country[0] != '\0' || rows[i].city[0] != '\0'));
		ck_assert((geo_built_s(geo) > 0) ==
		    (strlen(rows[i].country) + strlen(rows[i].asn) +
			    strlen(rows[i].city) > 0));
		geo_close(geo);
	}
	remove_files();
}
END_TEST

START_TEST(what_no_file_knows_is_empty)
{
	static const char *const unknown[] = { "203.0.113.201",
		"2001:db8:200::1", "192.168.0.1", "::1" };
	struct geo *geo;

	make_files();
	geo = open_files("country.mmdb", "asn.mmdb", "city.mmdb");
	for (size_t i = 0; i < ROWS(unknown); i++) {
		struct place place = locate(geo, unknown[i]);

		ck_assert_str_eq(place.country, "");
		ck_assert_uint_eq(place.asn, 0);
		ck_assert_str_eq(place.as_name, "");
		ck_assert(!place.has_point);
	}
	ck_assert_str_eq(locate(geo, "2001:db8:2::7").as_name, "Example 2");
	geo_close(geo);
	remove_files();
}
END_TEST

/* Who makes a file, or registers a system, is nobody we know. */
START_TEST(a_name_is_one_line_of_whole_characters)
{
	static const struct {
		const char *address, *name;
	} names[] = {
		{ "240.0.0.0", "One  Two Three" },
		{ "240.0.0.1", " [2J  31mRed" },
		{ "240.0.0.2", "\"';\\${account}" },
		{ "240.0.0.3", "" },
		{ "240.0.0.4", "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
		    "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
		    "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
		    "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9" },
	};
	struct geo *geo;

	make_files();
	geo = open_files("", "asn.mmdb", "");
	for (size_t i = 0; i < ROWS(names); i++) {
		struct place place = locate(geo, names[i].address);

		ck_assert_uint_eq(place.asn, 65536 + i);
		ck_assert_str_eq(place.as_name, names[i].name);
	}
	geo_close(geo);
	remove_files();
}
END_TEST

START_TEST(a_broken_file_is_refused)
{
	char broken[96];
	FILE *file;

	make_files();
	snprintf(broken, sizeof(broken), "%s/broken.mmdb", directory);
	file = fopen(broken, "w");
	ck_assert_ptr_nonnull(file);
	for (int i = 0; i < 1000; i++)
		fputs("no MMDB ", file);
	fclose(file);
	for (int kind = 0; kind < GEOIP_FILES; kind++)
		ck_assert_ptr_null(geo_try((enum geoip_file)kind, broken,
		    "broken.mmdb"));
	ck_assert_ptr_null(open_files("country.mmdb", "broken.mmdb", ""));
	ck_assert_ptr_null(open_files("", "", "none.mmdb"));
	remove_files();
}
END_TEST

/* Does geo_try warn that a file is of another kind? */
static bool
is_warned_of(enum geoip_file kind, const char *name, FILE *log)
{
	char file[96], line[500];
	bool is_warned = false;
	char *type;

	snprintf(file, sizeof(file), "%s/%s", directory, name);
	type = geo_try(kind, file, name);
	ck_assert_ptr_nonnull(type);
	free(type);
	clearerr(log);
	while (fgets(line, sizeof(line), log) != NULL)
		is_warned = is_warned || strstr(line, "so it seems") != NULL;
	return is_warned;
}

START_TEST(a_file_of_another_kind_is_told_of)
{
	struct log_options options = { .level = LOG_LEVEL_INFO };
	char name[80];
	FILE *log;

	make_files();
	snprintf(name, sizeof(name), "%s/log", directory);
	ck_assert_ptr_nonnull(freopen(name, "a", stderr));
	log_setup(&options);
	log = fopen(name, "r");
	ck_assert_ptr_nonnull(log);
	ck_assert(!is_warned_of(GEOIP_COUNTRY, "country.mmdb", log));
	ck_assert(!is_warned_of(GEOIP_COUNTRY, "city.mmdb", log));
	ck_assert(is_warned_of(GEOIP_COUNTRY, "asn.mmdb", log));
	ck_assert(!is_warned_of(GEOIP_ASN, "asn.mmdb", log));
	ck_assert(!is_warned_of(GEOIP_ASN, "lite.mmdb", log));
	ck_assert(is_warned_of(GEOIP_ASN, "country.mmdb", log));
	ck_assert(!is_warned_of(GEOIP_CITY, "flat-city.mmdb", log));
	ck_assert(is_warned_of(GEOIP_CITY, "country.mmdb", log));
	fclose(log);
	remove_files();
}
END_TEST

UNIT("geo/geo", every_layout_is_read, what_no_file_knows_is_empty,
    a_name_is_one_line_of_whole_characters,
    a_broken_file_is_refused, a_file_of_another_kind_is_told_of)
