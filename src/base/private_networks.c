/*
 * private_networks.c -- the networks that no client on the internet has.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/private_networks.h"

#include <stddef.h>

void
private_networks_add(struct netset *set)
{
	static const char *const networks[] = {
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8",
		"169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
		"::/127", "fc00::/7", "fe80::/10",
	};

	for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++) {
		struct addr network;

		if (addr_parse(networks[i], &network) == 0)
			netset_add(set, &network);
	}
}
