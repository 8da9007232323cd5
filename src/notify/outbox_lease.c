/*
 * outbox_lease.c -- how long a row of the outbox is one server's alone.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/outbox_lease.h"

#include "notify/hook_call.h"

/* Beyond what a delivery can last. */
enum { LEASE_MARGIN_S = 30 };

uint32_t
outbox_lease_s(const struct post_office *office)
{
	uint32_t longest_s = office->smtp->timeout_s;

	if (longest_s < CALL_S)
		longest_s = CALL_S;
	return longest_s + LEASE_MARGIN_S;
}
