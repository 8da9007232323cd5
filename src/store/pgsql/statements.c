/*
 * statements.c -- the calls of a round, prepared for each connection.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/statements.h"

const struct pgsql_statement pgsql_statements[] = {
	[PGSQL_LOAD] = { "load", "SELECT * FROM policyd.load($1, $2, $3)" },
	[PGSQL_SAVE] = { "save", "SELECT policyd.save($1, $2, $3, $4, $5, $6, "
	    "$7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, "
	    "$20, $21, $22, $23, $24, $25)" },
	[PGSQL_TOUCH] = { "touch", "SELECT policyd.touch($1, $2, $3, $4, $5, "
	    "$6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, "
	    "$19, $20)" },
	[PGSQL_OLDER] = { "older", "SELECT * FROM policyd.older_places($1, $2, "
	    "$3)" },
	[PGSQL_ROWS] = { "rows", "SELECT policyd.place_name(network), "
	    "country, asn, last_seen FROM policyd.logins_since($1, "
	    "'-infinity', $2)" },
	[PGSQL_CALLS] = { NULL, NULL },
};
