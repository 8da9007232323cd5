/*
 * test_rate_weight.c -- what a request weighs against the rates.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/rate_weight.h"
#include "unit.h"

#include "base/netset.h"

static const struct {
	const char *name;
	enum rates_count count;
	enum rates_stage stage;
	const char *state, *recipients;
	bool is_due;
	uint32_t weight;
} rows[] = {
	{ "a mail is one", RATES_MESSAGES, STAGE_RCPT, "RCPT", "0", true, 1 },
	{ "of many recipients too", RATES_MESSAGES, STAGE_DATA, "DATA", "7",
	    true, 1 },
	{ "another stage", RATES_MESSAGES, STAGE_RCPT, "DATA", "7", false, 1 },
	{ "each recipient asks by itself", RATES_RECIPIENTS, STAGE_RCPT,
	    "RCPT", "7", true, 1 },
	{ "or all at once", RATES_RECIPIENTS, STAGE_DATA, "DATA", "7", true,
	    7 },
	{ "at the end, too", RATES_RECIPIENTS, STAGE_END_OF_MESSAGE,
	    "END-OF-MESSAGE", "2", true, 2 },
	{ "what is no number is one", RATES_RECIPIENTS, STAGE_DATA, "DATA",
	    "x", true, 1 },
	{ "more than there can be", RATES_RECIPIENTS, STAGE_DATA, "DATA",
	    "1000001", true, 1 },
};

START_TEST(weights)
{
	struct addr client;

	ck_assert_int_eq(addr_parse("192.0.2.1", &client), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct config config = { .rates = {
			.count = rows[i].count, .stage = rows[i].stage } };
		const struct request request = {
			.protocol_state = rows[i].state,
			.recipient_count = rows[i].recipients };

		ck_assert_msg(weight_is_due(&config, &request) ==
		    rows[i].is_due, "%s", rows[i].name);
		ck_assert_msg(weight_of(&config, &request, &client) ==
		    rows[i].weight, "%s", rows[i].name);
	}
}
END_TEST

START_TEST(other_networks_weigh_nothing)
{
	struct config config = { .rates = { .stage = STAGE_RCPT } };
	const struct request request = { .protocol_state = "RCPT",
		.recipient_count = "0" };
	struct addr inside, outside, network;

	ck_assert_int_eq(addr_parse("192.0.2.1", &inside), 0);
	ck_assert_int_eq(addr_parse("198.51.100.1", &outside), 0);
	ck_assert_int_eq(addr_parse("192.0.2.0/24", &network), 0);
	config.rates.networks = netset_new();
	netset_add(config.rates.networks, &network);
	netset_seal(config.rates.networks);
	ck_assert_uint_eq(weight_of(&config, &request, &inside), 1);
	ck_assert_uint_eq(weight_of(&config, &request, &outside), 0);
	netset_free(config.rates.networks);
}
END_TEST

UNIT("policy/rate_weight", weights, other_networks_weigh_nothing)
