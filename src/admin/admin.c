/*
 * admin.c -- what the handlers of the HTTP interface work with.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/admin.h"

#include "admin/exchange.h"
#include "base/clock.h"

#include <microhttpd.h>
#include <string.h>

int64_t
admin_deadline(void)
{
	return clock_mono_ms() + ADMIN_PATIENCE_MS;
}

bool
admin_totals(struct admin *admin)
{
	/* How old they may be, and how long to wait for new ones. */
	enum { AGE_MS = 3000, WAIT_MS = 1000 };
	int64_t now_ms = clock_mono_ms();

	if (now_ms >= admin->totals_ms) {
		admin->has_totals = store_count(admin->desk.store,
		    &admin->totals, now_ms + WAIT_MS) == STORE_DONE;
		admin->totals_ms = clock_mono_ms() + AGE_MS;
	}
	return admin->has_totals;
}

int
admin_account(struct admin *admin, struct exchange *exchange,
    const char *given, bool is_resolved, char account[ACCOUNT_SIZE])
{
	struct account_query query;

	if (given == NULL || given[0] == '\0' || strcmp(given, "@") == 0 ||
	    !exchange_is_text(given) ||
	    account_name_clean(&admin->config->identity, given, query.name) !=
		0) {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "an account has 1 to %d bytes of UTF-8 without control "
		    "characters", ACCOUNT_SIZE - 1);
		return -1;
	}
	if (is_resolved)
		accounts_resolve(admin->desk.accounts, &query, 1,
		    admin_deadline());
	memcpy(account, query.name, ACCOUNT_SIZE);
	return 0;
}
