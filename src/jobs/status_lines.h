/*
 * status_lines.h -- the lines of --status, made of what was found out.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_STATUS_LINES_H
#define JOBS_STATUS_LINES_H

#include "config/config.h"
#include "server/status_file.h"
#include "store/decision_counts.h"
#include "store/hosts.h"

#include <jansson.h>

struct status_facts {
	const struct config *config;
	int64_t now_ms;
	int error;	/* why server.status cannot be read; 0: it was */
	bool is_live;
	struct status server;
	enum store_result schema;
	bool has_totals;
	struct totals totals;
	uint64_t would;		/* accounts that enforce would have blocked */
	int64_t changed_ms;	/* when it became enforce; 0: it always was */
	int64_t store_us;	/* how long they took */
	int64_t store_now_ms;	/* by the store's clock */
	int64_t today_ms;	/* when the day began, here */
	uint64_t today[DECIDED_VERDICTS];	/* of all hosts */
	struct host *hosts;
	size_t host_count;
};

struct status_line {
	const char *name, *key;	/* for people, for programs */
	bool is_wrong;
	char text[1024];	/* "": nothing to be told */
	json_t *json;		/* the caller's; NULL: left out */
};

enum { STATUS_LINES = 9 };

/* Fill in all of them. Reads the GeoIP files. */
void status_lines(const struct status_facts *,
    struct status_line lines[STATUS_LINES]);

#endif
