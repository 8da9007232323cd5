/*
 * store_of.h -- the store of a configuration, judging as policy says.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_STORE_OF_H
#define POLICY_STORE_OF_H

#include "config/config.h"
#include "store/store.h"

/* As store_open; the configuration must outlive the store. */
struct store *store_of(const struct config *);

#endif
