/*
 * decision_line.h -- a line of policyd's own log that tells of a decision.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * As policy/decision_journal.c writes them. Decisions on mail that nobody
 * logged in for are LINE_NOTHING, and so are all other lines.
 */
#ifndef REPLAY_DECISION_LINE_H
#define REPLAY_DECISION_LINE_H

#include "replay/log_entry.h"

/* "decision account=joe client=... verdict=pass ..." */
enum line_said decision_line_text(char *message, int64_t at_ms,
    struct entry **);

/* {"time":"...","event":"decision","account":"joe",...}; at_ms: what stands in
 * front of it, -1: nothing. */
enum line_said decision_line_json(struct line_clock *, const char *line,
    int64_t at_ms, struct entry **);

#endif
