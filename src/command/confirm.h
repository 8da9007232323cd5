/*
 * confirm.h -- ask whoever is there.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef COMMAND_CONFIRM_H
#define COMMAND_CONFIRM_H

#include <stdbool.h>

/* On a terminal ask, "Unblock 12 accounts? [y/N] "; elsewhere the answer is
 * yes, for a program meant what it said. */
bool confirm(const char *question, ...) __attribute__((format(printf, 1, 2)));

#endif
