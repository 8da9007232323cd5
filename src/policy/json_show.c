/*
 * json_show.c -- what the store tells, as JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/json_show.h"

#include "base/clock.h"
#include "policy/reply.h"

json_t *
show_time(int64_t ms)
{
	char text[24];

	if (ms == 0)
		return json_null();
	clock_format(ms, text);
	return json_string(text);
}

json_t *
show_day(int64_t ms)
{
	char text[CLOCK_DAY_SIZE];

	return ms == 0 ? json_null() :
			 json_string(clock_format_day(ms, text));
}

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

static void
show_mails(const struct span_use *use, enum mail_kind kind, json_t *object)
{
	uint32_t allowed = use->allowed[kind];

	json_object_set_new(object, use_names[kind], json_pack("{sI so}",
	    "found", (json_int_t)use->found[kind], "allowed",
	    allowed == UNLIMITED ? json_null() :
				   json_integer((json_int_t)allowed)));
}

json_t *
show_span(const struct span_use *use)
{
	json_t *object = json_pack("{sf}", "peak", use->peak);

	for (int i = 0; i < USE_KINDS; i++)
		show_mails(use, (enum mail_kind)i, object);
	return object;
}

json_t *
show_week(const struct span_use *use)
{
	json_t *object = json_pack("{sf}", "peak", use->peak);

	show_mails(use, MAIL_YOUNG, object);
	return object;
}
