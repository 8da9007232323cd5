/*
 * span_json.c -- what an account used of its limits in a span, as JSON. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/span_json.h"

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
