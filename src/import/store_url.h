/*
 * store_url.h -- where another program kept its data, as store.url.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef IMPORT_STORE_URL_H
#define IMPORT_STORE_URL_H

#include "import/key_rows.h"

/* A database by its parts; NULL or "" for one that is not set. */
struct database {
	const char *host, *port, *user, *name;
	bool has_password;
};

/* PostgreSQL stays; what was counted is not taken over. */
void import_pgsql(struct import *, const struct database *);

/* No database of ours: the embedded store, and a remark why. */
void import_embedded(struct import *, const char *was);

/* SQLAlchemy's "dialect+driver://user:password@host:port/database". */
void import_url(struct import *, const struct node *);

#endif
