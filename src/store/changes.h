/*
 * changes.h -- the audit trail: what administrators changed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_CHANGES_H
#define STORE_CHANGES_H

#include "store/store.h"

/* Write a change down within the transaction that makes it, if somebody is
 * known to make it. detail: JSON. Returns 0, or -1 after logging why. */
int changes_add(struct store *, const char *action, const char *subject,
    const char *detail);

/* Who makes the changes, or "". */
const char *changes_author(const struct store *);

#endif
