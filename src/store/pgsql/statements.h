/*
 * statements.h -- the calls of a round, prepared for each connection.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_PGSQL_STATEMENTS_H
#define STORE_PGSQL_STATEMENTS_H

#include "store/pgsql/connection.h"

/* They are functions of schema/pgsql/round.sql. */
enum pgsql_call {
	PGSQL_LOAD,	/* accounts: LOADED_* */
	PGSQL_SAVE,	/* of any number of accounts, with all that follows */
	PGSQL_TOUCH,	/* of one account, the row and logins alone */
	PGSQL_OLDER,	/* what rows have no room for, counted: OLDER_* */
	PGSQL_ROWS,	/* all logins of one */
	PGSQL_CALLS
};

/* In that order, and one without a name behind them. */
extern const struct pgsql_statement pgsql_statements[];

/* The columns of PGSQL_LOAD. */
enum pgsql_loaded {
	LOADED_I, LOADED_NOW, LOADED_OVERRIDES, LOADED_MEMORY,
	LOADED_VERSION, LOADED_SINCE, LOADED_BLOCKED_UNTIL, LOADED_SEEN, LOADED_RATED, LOADED_COMPLETE,
	LOADED_MAIL_HASH, LOADED_PLACES, LOADED_RINGS, LOADED_MAIL_HASHES,
	LOADED_CAUSE, LOADED_FOUND, LOADED_ALLOWED, LOADED_PER_S, LOADED_NOTE,
	LOADED_BEGAN_AT, LOADED_OF_ACCOUNT, LOADED_OF_DOMAIN,
	LOADED_HISTORY,
};

/* The columns of PGSQL_OLDER. */
enum pgsql_older {
	OLDER_OWNER, OLDER_PLACE, OLDER_COUNTRY, OLDER_ASN, OLDER_LAST,
	OLDER_TEXT,
};

#endif
