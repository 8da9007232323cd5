/*
 * check_postfix.h -- does Postfix ask policyd, and where it should?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POSTFIX_CHECK_POSTFIX_H
#define POSTFIX_CHECK_POSTFIX_H

#include "command/job.h"

enum { POSTFIX_CHECK_FAILED = 1 };

/*
 * --check-postfix: read postconf(1) and tell what is missing or misplaced, with
 * the lines to add. config: Postfix's directory, NULL for its own. Returns 0,
 * or POSTFIX_CHECK_FAILED if something is.
 */
int postfix_check_run(const struct job *, const char *config);

#endif
