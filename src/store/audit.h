/*
 * audit.h -- the audit trail: what administrators changed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include "store/store.h"

/* Write a change down within the transaction that makes it, if somebody is
 * known to make it. detail: JSON. Returns 0, or -1 after logging why. */
int audit_add(struct store *, const char *action, const char *subject,
    const char *detail);

/* Who makes the changes, or "". */
const char *audit_author(const struct store *);

#endif
