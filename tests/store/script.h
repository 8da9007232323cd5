/*
 * script.h -- what happens to a store, in words: a line a step.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   set KEY VALUE             a setting: see world.c
 *   at +TIME                  the clock stands at the start plus "+24h",
 *                             "+24h-1ms", "+1h+1ms"
 *   login ACCOUNT ADDRESS COUNTRY [asn=N] [instance=X] [weight=N]
 *                   [repeats] [provider] [mails=N] [days=N]
 *                             a request; COUNTRY "-": unknown; a network in
 *                             ADDRESS is what the login is counted as;
 *                             ADDRESS "exempt": the login does not count;
 *                             "repeats": an instance weighs every time;
 *                             "provider": from a network of strangers;
 *                             N mails a day on N days, 24 hours after each
 *                             other: it tells of the last
 *   & ACCOUNT ADDRESS ...     one more in the same round
 *   learned +TIME             the store has learned since then
 *   learn on|off              requests passed long ago
 *   block ACCOUNT TIME [NOTE]    unblock ACCOUNT    expire
 *   clean RETENTION BATCH     override ACCOUNT COLUMN=VALUE ...
 *   take [channel=X] [most=N] [lease=TIME]     rows of the outbox, known by
 *                             their place in what was taken, from 1, to
 *   told PLACE [ERROR]        delay PLACE TIME [again] [recipients=X]
 *   list [after=ACCOUNT] [most=N]
 *   explain ACCOUNT [most=N]
 *
 * Behind "=>" stand words that must all be in what the step tells of itself.
 * A line that begins with '#', or an empty one, is none.
 */
#ifndef TESTS_STORE_SCRIPT_H
#define TESTS_STORE_SCRIPT_H

#include "base/text.h"
#include "side.h"

/* When scripts start: 2026-01-01T00:00:00Z. */
#define SCRIPT_START_MS INT64_C(1767225600000)

/* All that a script did and found on one side. */
struct transcript {
	char *text;		/* each step and what it told, and a dump */
	char *failure;		/* the first step that told otherwise, or
				 * NULL */
};

/* Run a script on an empty store. */
void script_run(enum side_kind, const char *script, struct transcript *);
void transcript_clear(struct transcript *);

#endif
