/*
 * netset.h -- a set of networks: is an address in any of them?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BASE_NETSET_H
#define BASE_NETSET_H

#include "base/addr.h"

struct netset;

/* An empty set; netset_free(NULL) is safe. */
struct netset *netset_new(void);
void netset_free(struct netset *);

/* Add a network or a host; to be done before the first netset_has. */
void netset_add(struct netset *, const struct addr *);

/* Sort what was added: needed once between the last add and the first has. */
void netset_seal(struct netset *);

/* Is addr within a network of the set? O(log n), whatever the prefixes. */
bool netset_has(const struct netset *, const struct addr *);

size_t netset_count(const struct netset *);

/* Add every network of a file, one a line, as list_file_read. */
int netset_load(struct netset *, const char *path, char *error, size_t size);

#endif
