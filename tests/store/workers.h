/*
 * workers.h -- processes that use one store at the same time.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_STORE_WORKERS_H
#define TESTS_STORE_WORKERS_H

#include "config/config.h"
#include "store/store.h"

#include <sys/types.h>

enum { WORKERS = 4 };

/* What a worker does; what it writes to fd is for the parent. */
typedef void work(const struct config *, unsigned number, int fd);

/* Start a worker, which begins when gate, a pipe, is closed by its parent. */
pid_t worker_start(work *, const struct config *, unsigned number,
    int gate[2], int fd);

/* Run WORKERS workers at once; what they wrote, a byte each. */
void workers_run(work *, const struct config *, unsigned counts[256]);

/* A login from the DE network of this number. */
struct check worker_login(const struct config *, const char *account,
    unsigned network);

/* What a worker finds, as a byte. */
enum { PASSED = 'p', BLOCKED = 'b', BLOCKED_NEW = 'n', REFUSED = 'r',
	FAILED = 'f' };
unsigned char worker_byte(const struct check *);
void worker_tell(int fd, unsigned char byte);

#endif
