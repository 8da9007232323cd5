/*
 * log_source.h -- the entries of one log, in the order of their times.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines may be out of order by two minutes, or by some thousand entries; what
 * is later than that comes late. A file is opened when its first entry is
 * near, so that a year of rotated files needs few descriptors.
 *
 * In a log that has both Postfix's lines and policyd's own, each mail is there
 * twice: Postfix's count.
 */
#ifndef REPLAY_LOG_SOURCE_H
#define REPLAY_LOG_SOURCE_H

#include "replay/log_entry.h"

#include <stdint.h>

enum { LINE_SHOWN_SIZE = 600 };

/* What was read, of all logs together. */
struct reading {
	bool wants_recipients;	/* given */
	uint64_t lines;
	uint64_t bad;		/* malformed */
	char first_bad[LINE_SHOWN_SIZE];	/* "file:12: ..." */
	uint64_t aside;		/* policyd's beside Postfix's */
};

struct source;

/* Open a log, "-" is standard input. NULL: logged. */
struct source *source_open(const char *path, struct reading *);
void source_close(struct source *);

/* The time of the next entry, or before it; INT64_MAX: there is none. */
int64_t source_when(const struct source *);

/* Does the next entry come after others of the same time? Recipients do, for
 * their mail may be in another file. */
bool source_is_last(const struct source *);

/* The next entry, the caller's to free; NULL: none at source_when, look
 * again. */
struct entry *source_next(struct source *);

#endif
