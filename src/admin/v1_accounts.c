/*
 * v1_accounts.c -- /v1/accounts: an account, explained.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/v1_accounts.h"

#include "admin/admin.h"
#include "admin/exchange.h"
#include "policy/explain_json.h"
#include "store/forget.h"

#include <microhttpd.h>

/* As many logins as --explain reads; the newest are shown. */
enum { LOGINS_READ = 100000 };

static void
tell(struct admin *admin, struct exchange *exchange, const char *account,
    const struct account_record *record)
{
	const char *address = exchange_query(exchange, "address");
	struct would_be would;

	if (address != NULL && !verdict_foretell(&admin->desk, account, record,
				   address, &would)) {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "address: \"%.60s\" is not an IP address", address);
		return;
	}
	exchange_json(exchange, MHD_HTTP_OK, explain_json(&admin->desk,
	    account, record, address, address != NULL ? &would : NULL));
}

void
v1_accounts_show(struct admin *admin, struct exchange *exchange)
{
	struct account_record record;
	char account[ACCOUNT_SIZE];

	if (admin_account(admin, exchange, exchange->rest, true, account) != 0)
		return;
	if (store_account(admin->desk.store, account,
		configured_find(admin->desk.overrides, account), LOGINS_READ,
		&record, admin_deadline()) == STORE_DONE)
		tell(admin, exchange, account, &record);
	else
		exchange_no_store(exchange);
	account_record_clear(&record);
}

void
v1_accounts_forget(struct admin *admin, struct exchange *exchange)
{
	char account[ACCOUNT_SIZE];

	if (admin_account(admin, exchange, exchange->rest, true, account) != 0)
		return;
	if (account[0] == '@') {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "accounts are forgotten, not domains");
		return;
	}
	switch (store_forget(admin->desk.store, account, admin_deadline())) {
	case STORE_DONE:
		exchange_empty(exchange, MHD_HTTP_NO_CONTENT);
		break;
	case STORE_NONE:
		exchange_problem(exchange, MHD_HTTP_NOT_FOUND,
		    "nothing is known of %s", account);
		break;
	case STORE_FAILED:
	default:
		exchange_no_store(exchange);
		break;
	}
}
