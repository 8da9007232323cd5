/*
 * file_bench.c -- an SQLite file to do bad things to.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "file_bench.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "policy/store_of.h"

#include <check.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void
bench_set_up(struct bench *bench)
{
	int fd;

	strcpy(bench->directory, "/tmp/policyd-file.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(bench->directory));
	snprintf(bench->path, sizeof(bench->path), "%s/store.db",
	    bench->directory);
	snprintf(bench->url, sizeof(bench->url), "sqlite:%s", bench->path);
	world_open(&bench->world, SIDE_SQLITE);
	clock_set_wall_ms(0);
	free(bench->world.config.store.url);
	bench->world.config.store.url = mem_dup(bench->url);
	bench->world.config.settings.limits[MEASURE_NETWORKS] = 1;
	bench->store = store_of(&bench->world.config);
	snprintf(bench->log, sizeof(bench->log), "%s.log", bench->directory);
	fd = open(bench->log, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	ck_assert_int_eq(fchmod(fd, 0644), 0);
	ck_assert_int_ge(dup2(fd, STDERR_FILENO), 0);
	close(fd);
	/* It may have opened what standard error was before. */
	log_setup(&(struct log_options){ .level = LOG_LEVEL_INFO });
}

void
bench_tear_down(struct bench *bench)
{
	char command[200];

	store_close(bench->store);
	world_close(&bench->world);
	snprintf(command, sizeof(command), "rm -rf %s %s.log",
	    bench->directory, bench->directory);
	ck_assert_int_eq(system(command), 0);
}

enum verdict
bench_log_in(struct bench *bench, const char *account, unsigned n,
    enum store_result expected)
{
	struct check check = { .account = account, .instance = "",
		.settings = &bench->world.config.settings };
	char text[ADDR_TEXT_SIZE];

	snprintf(text, sizeof(text), "192.0.2.%u", n);
	ck_assert_int_eq(addr_parse(text, &check.login.network), 0);
	check.login.client = check.login.network;
	store_check(bench->store, &check, 1,
	    clock_mono_ms() + BENCH_DEADLINE_MS);
	ck_assert_int_eq(check.result, expected);
	return check.finding.verdict;
}

void
bench_see_recovery(struct bench *bench)
{
	static const char said[] = "store: back after";
	unsigned before = bench_logged(bench, said);
	int64_t patience_ms = clock_mono_ms() + 40000;
	struct timespec pause = { .tv_nsec = 5000000 };
	struct check check = { .account = "joe", .instance = "",
		.settings = &bench->world.config.settings };

	ck_assert_int_eq(addr_parse("192.0.2.1", &check.login.network), 0);
	do {
		ck_assert_int_lt(clock_mono_ms(), patience_ms);
		nanosleep(&pause, NULL);
		store_tend(bench->store);
		store_check(bench->store, &check, 1,
		    clock_mono_ms() + BENCH_DEADLINE_MS);
	} while (check.result != STORE_DONE);
	/* It is back once it has worked for a while. */
	while (bench_logged(bench, said) == before) {
		ck_assert_int_lt(clock_mono_ms(), patience_ms);
		nanosleep(&pause, NULL);
		store_tend(bench->store);
	}
	ck_assert_uint_eq(bench_logged(bench, said), before + 1);
}

unsigned
bench_logged(const struct bench *bench, const char *text)
{
	FILE *file = fopen(bench->log, "r");
	char line[1024];
	unsigned count = 0;

	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file) != NULL)
		count += strstr(line, text) != NULL;
	fclose(file);
	return count;
}

void
bench_see_trouble(struct bench *bench, const char *said)
{
	int64_t began_ms;

	bench_log_in(bench, "joe", 1, STORE_FAILED);
	if (bench_logged(bench, said) != 1)
		ck_abort_msg("not logged once: %s", said);
	began_ms = clock_mono_ms();
	for (int i = 0; i < 20; i++)
		bench_log_in(bench, "joe", 1, STORE_FAILED);
	ck_assert_int_lt(clock_mono_ms() - began_ms,
	    20 * BENCH_DEADLINE_MS / 2);
	ck_assert_uint_eq(bench_logged(bench, said), 1);
}

void
bench_change(const struct bench *bench, const char *sql)
{
	sqlite3 *handle;

	ck_assert_int_eq(sqlite3_open(bench->path, &handle), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(handle, sql, NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(handle);
}
