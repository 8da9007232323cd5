/*
 * private_networks.h -- the networks that no client on the internet has.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BASE_PRIVATE_NETWORKS_H
#define BASE_PRIVATE_NETWORKS_H

#include "base/netset.h"

/* Add loopback, private, shared, link-local and unspecified networks (RFC
 * 1122, 1918, 3927, 4193, 4291, 6598) to a set that is not sealed yet. */
void private_networks_add(struct netset *);

#endif
