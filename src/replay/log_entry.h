/*
 * log_entry.h -- what a line of a log says of a mail.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Postfix's lines, whatever syslog_name an instance has (postfix/smtpd,
 * postfix-out/submission/smtpd):
 *
 *   smtpd: QUEUEID: client=host[addr], sasl_method=..., sasl_username=...
 *   qmgr:  QUEUEID: from=<...>, size=..., nrcpt=N (queue active)
 *
 * and policyd's own of decisions, text or JSON. See log(3) for who else writes
 * in front of them: the time, the host, a tag.
 */
#ifndef REPLAY_LOG_ENTRY_H
#define REPLAY_LOG_ENTRY_H

#include "replay/line_time.h"

#include <stddef.h>
#include <stdint.h>

struct entry {
	enum entry_kind {
		ENTRY_MAIL,		/* Postfix took a mail */
		ENTRY_RECIPIENTS,	/* and so many recipients it has */
		ENTRY_DECISION,		/* policyd was asked */
	} kind;
	int64_t at_ms;
	bool is_refused;	/* a decision: it did not pass */
	uint32_t recipients;	/* 0: unknown */
	const char *mail;	/* host and queue id, or the instance; "": none */
	const char *client;	/* the address as written */
	const char *user;
	struct entry *next;	/* the holder's */
	char bytes[];
};

/* What became of a line. */
enum line_said {
	LINE_NOTHING,	/* something else */
	LINE_BAD,	/* malformed */
	LINE_ENTRY,
};

/*
 * Take a line apart; it is scratch then. Of LINE_ENTRY *entry is the caller's,
 * to free. Without wants_recipients those of qmgr are LINE_NOTHING.
 */
enum line_said entry_read(struct line_clock *, char *line,
    bool wants_recipients, struct entry **);

#endif
