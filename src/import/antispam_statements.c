/*
 * antispam_statements.c -- the SQL statements of postfwd's anti-spam plugin.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * anti-spam-sql-st.conf has no settings; but who changed a statement did so
 * for a reason, and is told where that is to be found now.
 */
#include "import/antispam_statements.h"

#define OWN "policyd has statements of its own"

static const struct import_row rows[] = {
	{ "create_table_st", IMPORT_NONE, NULL,
	    "policyd makes its tables itself, see policyd-schema(7)" },
	{ "drop_table_st", IMPORT_NONE, NULL,
	    "tables stay when policyd starts" },
	{ "clear_table_st", IMPORT_NONE, NULL,
	    "`policyd --unblock ACCOUNT` begins a fresh count" },
	{ "delete_old_logins_st", IMPORT_NONE, NULL,
	    "limits.window says how long a login counts, store.retention how "
	    "long it is kept" },
	{ "check_row_existence_st", IMPORT_NONE, NULL, OWN },
	{ "check_user_existence_st", IMPORT_NONE, NULL, OWN },
	{ "insert_st", IMPORT_NONE, NULL,
	    "which account a login is recorded for is identity.keys" },
	{ "increment_st", IMPORT_NONE, NULL,
	    "which account a login is recorded for is identity.keys" },
	{ "login_count_from_country_st", IMPORT_NONE, NULL,
	    "`policyd --stats places ACCOUNT`" },
	{ "num_countries_logs_st", IMPORT_NONE, NULL,
	    "limits.countries says how many are allowed; what does not count "
	    "is in exempt.countries" },
	{ "num_ip_logs_st", IMPORT_NONE, NULL,
	    "limits.networks says how many are allowed, count.ipv4_prefix and "
	    "count.ipv6_prefix what one is" },
	{ .from = NULL },
};

void
import_statements(struct import *import)
{
	import_rows(import, rows);
	sheet_remark(import->sheet, "the settings are in anti-spam.conf: "
	    "import that as well");
}
