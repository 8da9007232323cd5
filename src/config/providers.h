/*
 * providers.h -- which addresses are a provider's: a network shared by
 * strangers.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_PROVIDERS_H
#define CONFIG_PROVIDERS_H

#include "base/addr.h"

#include <stdbool.h>
#include <stdint.h>

struct providers;

/* None yet; providers_free(NULL) is safe. */
struct providers *providers_new(void);
void providers_free(struct providers *);

/* Read an AS number, "AS64500" or "64500"; 0, or -1 if it is none. */
int providers_read_asn(const char *text, uint32_t *asn);

/* Add networks and autonomous systems, to be done before providers_seal;
 * providers_load as list_file_read, one of either kind a line. */
void providers_add_network(struct providers *, const struct addr *);
void providers_add_asn(struct providers *, uint32_t asn);
int providers_load(struct providers *, const char *path, char *error,
    size_t size);
void providers_seal(struct providers *);

/* Is the address in one of the networks, or its system listed? asn 0: it is
 * not known. */
bool providers_has(const struct providers *, const struct addr *,
    uint32_t asn);

#endif
