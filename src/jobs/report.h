/*
 * report.h -- who reached which limit or rate since the last report.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_REPORT_H
#define JOBS_REPORT_H

#include "command/job.h"
#include "store/store.h"

enum report_result {
	REPORT_SENT,
	REPORT_EMPTY,	/* there was nothing to tell: nothing was sent */
	REPORT_BUSY,	/* somebody else is sending one: nothing was sent */
	REPORT_FAILED,	/* logged; all of it comes with the next report */
};

/*
 * Mail the report to report.to, and forget what it told once the mail server
 * has taken it; what is counted meanwhile stays for the next one. Blocks for
 * the mail server's time-out at most. The process must ignore SIGPIPE.
 */
enum report_result report_send(const struct config *, struct store *);

/* --report: print it, and forget nothing. */
int report_show(const struct job *);

#endif
