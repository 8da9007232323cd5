/*
 * forget.c -- delete all that is known of one account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/forget.h"

#include "base/log.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/query.h"

/* The row of the account first, as a request takes it. The numbers that each
 * returns add up to how many rows it changed. */
static const char *const statements[] = { "forget_account", "forget_logins",
	"forget_block", "forget_hits", "forget_would", "forget_attempts",
	"forget_outbox", "forget_details", "forget_news", "forget_told" };

static int
add_up(struct store *store, int worked, bool *was_known)
{
	int more = worked == 0 ? query_next(store) : -1;

	while (more > 0) {
		*was_known |= query_number(store, 0) > 0;
		more = query_next(store);
	}
	return more;
}

static int
forget(struct store *store, const char *account, bool *was_known)
{
	int worked = 0;

	for (size_t i = 0; worked == 0 &&
	     i < sizeof(statements) / sizeof(statements[0]); i++)
		worked = add_up(store, query(store, statements[i],
		    VALUE_TEXT(account)), was_known);
	if (worked == 0)
		worked = add_up(store, query(store, "override_delete",
		    VALUE_TEXT(account), VALUE_NUMBER(0),
		    VALUE_NUMBER(REVISION_ANY)), was_known);
	return worked;
}

enum store_result
store_forget(struct store *store, const char *account, int64_t deadline_ms)
{
	bool was_known = false;
	enum store_result result;
	int worked;

	if (!text_is_utf8(account)) {
		log_warning("store: an account is not UTF-8");
		return STORE_FAILED;
	}
	worked = query_begin(store, ACCESS_LASTING, deadline_ms);
	if (worked == 0)
		worked = forget(store, account, &was_known);
	if (worked == 0 && was_known)
		worked = audit_add(store, "forget", account, "{}");
	result = query_end(store, worked);
	return result == STORE_DONE && !was_known ? STORE_NONE : result;
}
