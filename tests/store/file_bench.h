/*
 * file_bench.h -- an SQLite file to do bad things to.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_STORE_FILE_BENCH_H
#define TESTS_STORE_FILE_BENCH_H

#include "world.h"

/* Long enough for a busy machine, short enough to wait for. */
enum { BENCH_DEADLINE_MS = 2000 };

/* A directory of the test's own, a store in it, one network a day allowed,
 * and what is logged. */
struct bench {
	char directory[64];
	char path[80];
	char url[96];
	struct world world;	/* its configuration alone is used */
	struct store *store;
	char log[80];
};

void bench_set_up(struct bench *);
void bench_tear_down(struct bench *);

/* A login of an account from network 192.0.2.N. */
enum verdict bench_log_in(struct bench *, const char *account, unsigned n,
    enum store_result expected);

/* In trouble: no answer, said once with its remedy, and fast from then on. */
void bench_see_trouble(struct bench *, const char *said);

/* Log in until the store is back, by itself, and has said so once more. */
void bench_see_recovery(struct bench *);

/* How many lines of the log have a text. */
unsigned bench_logged(const struct bench *, const char *text);

/* Run SQL on the file. */
void bench_change(const struct bench *, const char *sql);

#endif
