/*
 * tests.h -- tests of the stores that are no scripts.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_STORE_TESTS_H
#define TESTS_STORE_TESTS_H

#include <check.h>

/* Calls that are no requests. */
TCase *tests_calls(void);
/* Random mails against a model that keeps each of them. */
TCase *tests_model(void);
/* Several processes at once, and killed at any moment. */
TCase *tests_processes(void);
TCase *tests_crash(void);
/* The SQLite file as it is found, and what happens to it in use. */
TCase *tests_file(void);
TCase *tests_outage(void);
TCase *tests_file_shared(void);
/* More networks than an account's row has room for; names of networks. */
TCase *tests_places(void);
/* Schemas that are older and newer than the program. */
TCase *tests_upgrade(void);

#endif
