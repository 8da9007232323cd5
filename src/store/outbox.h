/*
 * outbox.h -- the outbox: what is to be told to somebody.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include "store/store.h"

struct outbox_row {
	int64_t id;
	char *channel;		/* one of outbox_channels */
	char *kind;		/* "block", "unblock", "report" */
	char *account;
	char *event;		/* JSON, as policyd.event in round.sql */
	char *recipients;	/* mail: who is still to get it, one a line;
				 * "" : everybody. See addressees.h */
	int64_t created_ms;
	uint32_t attempts;	/* this one included */
};
void outbox_row_clear(struct outbox_row *);

/* Add a row that is due in delay_s; its id, created_ms and attempts are not
 * looked at. */
enum store_result store_outbox_add(struct store *, const struct outbox_row *,
    uint32_t delay_s, int64_t deadline_ms);

/*
 * Take rows whose time has come, at most `most`, the oldest first; of one
 * channel, or of all if it is NULL. Nobody else gets them for lease_s: by then
 * store_outbox_end or _delay must have been called, or they are due again.
 * The caller clears each and frees the array. STORE_NONE: there are none.
 */
enum store_result store_outbox_take(struct store *, const char *channel,
    size_t most, uint32_t lease_s, struct outbox_row **rows, size_t *count,
    int64_t deadline_ms);

/* It was told, error being "", or is given up. */
enum store_result store_outbox_end(struct store *, int64_t id,
    const char *error, int64_t deadline_ms);

/* Try it again in delay_s, with these recipients; counts: the try that just
 * failed counts as an attempt. */
enum store_result store_outbox_delay(struct store *, int64_t id,
    uint32_t delay_s, bool counts, const char *recipients, const char *error,
    int64_t deadline_ms);

#endif
