/*
 * serving_of.h -- what the server reads of a configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ROLES_SERVING_OF_H
#define ROLES_SERVING_OF_H

#include "config/config.h"
#include "server/serving.h"

/* It points into the configuration. */
struct serving serving_of(const struct config *);

#endif
