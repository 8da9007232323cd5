/*
 * certificate.h -- the certificate of the HTTP interface and its key.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_CERTIFICATE_H
#define ADMIN_CERTIFICATE_H

#include "config/config.h"

struct certificate {
	char *chain, *key;	/* PEM */
};

/* Read http.tls.*, as this user. On failure log why and return -1. */
int certificate_read(struct certificate *, const struct config *);
void certificate_clear(struct certificate *);

#endif
