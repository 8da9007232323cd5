/*
 * block_json.c -- a block as JSON. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/block_json.h"

#include "policy/reply.h"
#include "policy/time_json.h"

json_t *
show_block(const struct block *block)
{
	char reason[REASON_SIZE];

	reply_reason(block->cause, block->found, block->limit, block->per_s,
	    block->note, reason);
	return json_pack("{ss ss ss so so so sI ss ss}",
	    "account", block->account, "cause", cause_name(block->cause),
	    "reason", reason,
	    "began", show_time(block->began_ms),
	    "until", show_time(block->until_ms),
	    "ended", show_time(block->ended_ms),
	    "refused", (json_int_t)block->attempts,
	    "client", block->client, "country", block->country);
}
