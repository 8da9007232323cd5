/*
 * cleaning.h -- the way of a cleaning through the tables of a store.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_CLEANING_H
#define STORE_CLEANING_H

#include "store/side.h"

struct cleaning {
	struct store *store;
	uint32_t retention_s;	/* what is older goes, by the store's clock */
	bool keeps_hits;	/* they wait for a report */
	unsigned most;		/* rows in a batch */
	int64_t deadline_ms;
};

/* As store_clean. */
enum store_result cleaning_run(const struct cleaning *, struct cleaned *);

/*
 * How many rows the next batch has, if one of `rows` took so long: as many as
 * keep a transaction short, whatever the machine and its load; at most twice
 * as many and at most `most`. Pure.
 */
unsigned cleaning_pace(unsigned rows, int64_t took_us, unsigned most);

#endif
