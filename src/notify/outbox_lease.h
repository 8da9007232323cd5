/*
 * outbox_lease.h -- how long a row of the outbox is one server's alone.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NOTIFY_OUTBOX_LEASE_H
#define NOTIFY_OUTBOX_LEASE_H

#include "notify/letter.h"

#include <stdint.h>

/* How long a row must be nobody else's for it to be delivered. */
uint32_t outbox_lease_s(const struct post_office *);

#endif
