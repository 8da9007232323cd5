/*
 * rates_stage.h -- do requests arrive at the stage that rates count at? Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With rates.stage data, say, and check_policy_service in the lists for
 * recipients alone, no request would ever be counted, and nobody would notice.
 */
#ifndef POLICY_RATES_STAGE_H
#define POLICY_RATES_STAGE_H

#include "config/config.h"

#include <stdbool.h>
#include <stdint.h>

/* After so many requests at other stages, and none at the right one, it is
 * time to say so. */
enum { STAGE_PATIENCE = 200 };

/* Requests of accounts so far: at rates.stage, and at others. */
struct stage_counts {
	uint64_t at, off;
};

struct stage_watch {
	struct stage_counts began;
	bool is_over;
};

/* Watch from now on, if there is any rule that counts. */
void stage_watch_start(struct stage_watch *, const struct config *,
    struct stage_counts now);

/* Is it time to say so? True once at most; off then is how many requests
 * there were. */
bool stage_watch_look(struct stage_watch *, struct stage_counts now,
    uint64_t *off);

/* Has the configuration any rate, in general or of an override? */
bool stage_has_rules(const struct config *);

/* protocol_state of a stage: "RCPT", "DATA", "END-OF-MESSAGE". */
const char *stage_state(enum rates_stage);

/* The parameter of main.cf that brings requests at a stage. */
const char *stage_parameter(enum rates_stage);

#endif
