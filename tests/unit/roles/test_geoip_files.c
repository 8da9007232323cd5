/*
 * test_geoip_files.c -- GeoIP files that are missing, and those that come.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/geoip_files.h"

#include "base/clock.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/policyd-geoip-XXXXXX";
static char path[64], none[] = "";
static struct config config;
static struct load load;

static void
run(const char *command)
{
	char line[200];

	snprintf(line, sizeof(line), "cd %s && %s", directory, command);
	ck_assert_int_eq(system(line), 0);
}

/* A load whose geoip.country is not there yet. */
static void
begin(void)
{
	char command[120];

	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/geo.mmdb", directory);
	snprintf(command, sizeof(command),
	    "perl tests/geoip/make-mmdb.pl %s", directory);
	ck_assert_int_eq(system(command), 0);
	config = (struct config){ .geoip = { .files = { path, none, none },
				      .reload_s = 60 } };
	load = (struct load){ .config = &config };
}

static void
end(void)
{
	run("rm -r \"$PWD\"");
	strcpy(directory + strlen(directory) - 6, "XXXXXX");
}

/* How many lines of the log name the file, since it was last asked? */
static int
count_complaints(FILE *log)
{
	char line[500];
	int count = 0;

	clearerr(log);
	while (fgets(line, sizeof(line), log) != NULL)
		count += strstr(line, "error: geoip.country: ") != NULL &&
		    strstr(line, "geo.mmdb does not exist") != NULL;
	return count;
}

START_TEST(a_missing_file_is_told_of_every_hour_and_taken_when_it_comes)
{
	struct log_options options = { .level = LOG_LEVEL_INFO };
	struct geoip_watch watch;
	char name[80];
	FILE *log;

	begin();
	snprintf(name, sizeof(name), "%s/log", directory);
	ck_assert_ptr_nonnull(freopen(name, "a", stderr));
	log_setup(&options);
	log = fopen(name, "r");
	ck_assert_ptr_nonnull(log);

	ck_assert_int_eq(geoip_files_take(&load, NULL), 0);
	ck_assert_int_eq(load.geoip[GEOIP_COUNTRY].fd, -1);
	ck_assert_int_eq(count_complaints(log), 1);

	geoip_watch_start(&watch, &load);
	ck_assert_int_gt(watch.complain_ms, clock_mono_ms() + 3500 * 1000);
	ck_assert(!geoip_watch_look(&watch));
	ck_assert_int_eq(count_complaints(log), 0);
	watch.complain_ms = clock_mono_ms(); /* an hour later */
	watch.look_ms = watch.complain_ms;
	ck_assert(!geoip_watch_look(&watch));
	ck_assert_int_eq(count_complaints(log), 1);
	ck_assert_int_gt(watch.complain_ms, clock_mono_ms() + 3500 * 1000);

	run("cp info.mmdb geo.mmdb && touch -d '1 minute ago' geo.mmdb");
	ck_assert(!geoip_watch_look(&watch)); /* not due */
	watch.look_ms = clock_mono_ms();
	while (!geoip_watch_look(&watch)) /* while it is too fresh */
		watch.look_ms = clock_mono_ms();
	ck_assert_int_eq(geoip_files_take(&load, &load), 0);
	ck_assert_int_ge(load.geoip[GEOIP_COUNTRY].fd, 0);
	ck_assert_str_eq(geoip_files_paths(&load).of[GEOIP_COUNTRY],
	    load.geoip[GEOIP_COUNTRY].path);
	ck_assert_str_eq(geoip_files_paths(&load).of[GEOIP_ASN], "");

	geoip_watch_stop(&watch);
	geoip_files_drop(&load);
	fclose(log);
	end();
}
END_TEST

START_TEST(the_same_file_for_two_things_is_copied_once)
{
	struct stat one, other;

	begin();
	run("cp lite.mmdb geo.mmdb");
	config.geoip.files[GEOIP_ASN] = path;
	ck_assert_int_eq(geoip_files_take(&load, NULL), 0);
	ck_assert_int_ne(load.geoip[GEOIP_COUNTRY].fd,
	    load.geoip[GEOIP_ASN].fd);
	ck_assert_int_eq(fstat(load.geoip[GEOIP_COUNTRY].fd, &one), 0);
	ck_assert_int_eq(fstat(load.geoip[GEOIP_ASN].fd, &other), 0);
	ck_assert_int_eq(one.st_ino, other.st_ino);
	geoip_files_drop(&load);
	end();
}
END_TEST

UNIT("roles/geoip_files",
    a_missing_file_is_told_of_every_hour_and_taken_when_it_comes,
    the_same_file_for_two_things_is_copied_once)
