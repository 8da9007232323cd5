/*
 * audit.h -- the audit trail of blocks in an SQLite file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_AUDIT_H
#define STORE_SQLITE_AUDIT_H

#include "store/sqlite/connection.h"

/* Write a change down, within the transaction that makes it; nothing if
 * nobody is known to make it. detail is JSON. */
int audit_add(struct sqlite_db *, const char *action, const char *subject,
    const char *detail);

/* The same of a block by hand. */
int audit_block(struct sqlite_db *, const char *account, uint32_t duration_s,
    const char *note);

#endif
