/*
 * rate_weight.c -- what a request weighs against the rates. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/rate_weight.h"

#include "base/netset.h"
#include "base/text.h"
#include "policy/rates_stage.h"

#include <string.h>

/* More recipients of one mail than that are not believed. */
enum { RECIPIENTS_MAX = 1000000 };

bool
weight_is_due(const struct config *config, const struct request *request)
{
	return strcmp(request->protocol_state,
	    stage_state(config->rates.stage)) == 0;
}

uint32_t
weight_of(const struct config *config, const struct request *request,
    const struct addr *client)
{
	int64_t recipients;

	if (config->rates.networks != NULL &&
	    !netset_has(config->rates.networks, client))
		return 0;
	if (config->rates.count != RATES_RECIPIENTS ||
	    config->rates.stage == STAGE_RCPT)
		return 1;
	/* At DATA and END-OF-MESSAGE Postfix counts for us. */
	recipients = text_parse_number(request->recipient_count,
	    RECIPIENTS_MAX);
	return recipients > 1 ? (uint32_t)recipients : 1;
}
