/*
 * test_status_file.c -- what is told of the server.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/status_file.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* 2026-03-10, 12:00 UTC. */
#define NOON INT64_C(1773144000000)

START_TEST(what_is_written_is_read)
{
	char path[] = "/tmp/policyd-status.XXXXXX";
	struct status status = { .at_ms = NOON, .pid = getpid(),
		.version = "1.2", .mode = "observe", .is_schema_ready = true,
		.is_missing = { [GEOIP_ASN] = true },
		.since_ms = 5 };
	struct status found;
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w");

	fputs("something else\n", file);
	fclose(file);
	ck_assert_int_eq(status_file_read(&found, path), -1);
	ck_assert_int_eq(errno, EINVAL);
	status.counts[STAT_BLOCKED] = 17;
	ck_assert_int_eq(status_file_write(&status, path), 0);
	ck_assert_int_eq(status_file_read(&found, path), 0);
	ck_assert_int_eq(memcmp(&found, &status, sizeof(found)), 0);
	unlink(path);
	ck_assert_int_eq(status_file_read(&found, path), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(who_lives)
{
	struct status status = { .at_ms = NOON, .pid = getpid() };

	ck_assert(status_file_is_live(&status, NOON + STATUS_EVERY_MS));
	ck_assert(!status_file_is_live(&status, NOON + STATUS_STALE_MS));
	ck_assert(!status_file_is_live(&status, NOON - STATUS_STALE_MS));
	status.pid = 1;	/* not ours, perhaps, but there */
	ck_assert(status_file_is_live(&status, NOON));
	status.pid = INT32_MAX;
	ck_assert(!status_file_is_live(&status, NOON));
}
END_TEST

UNIT("server/status", what_is_written_is_read, who_lives)
