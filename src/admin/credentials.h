/*
 * credentials.h -- who is asking, by the header Authorization.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Basic (RFC 7617) against http.users, who may do everything; Bearer
 * (RFC 6750) against http.tokens, each with its scope. Without either
 * configured everybody may do everything: config refuses that for an address
 * that others can reach.
 *
 * A password that was right is known again for some minutes by a keyed hash,
 * so that its crypt(3) hash is computed seldom. All comparisons take the same
 * time whatever is compared.
 */
#ifndef ADMIN_CREDENTIALS_H
#define ADMIN_CREDENTIALS_H

#include "admin/exchange.h"
#include "config/config.h"

struct credentials;

struct credentials *credentials_new(const struct config *);
void credentials_free(struct credentials *);

/* Does anybody need credentials at all? */
bool credentials_are_wanted(const struct credentials *);

enum credentials_result {
	CREDENTIALS_GOOD,	/* who and grant are set */
	CREDENTIALS_NONE,	/* there are none */
	CREDENTIALS_BAD,	/* there are, and they are wrong */
	CREDENTIALS_OPEN,	/* a password: to be checked, see below */
};

/* A password that a crypt(3) hash has to be computed for. */
struct attempt {
	const char *hash;	/* borrowed from the configuration */
	char *password;		/* to be given to credentials_close */
	bool is_known;		/* else there is no such user: it is wrong,
				 * and only takes as long */
	unsigned char key[32];
	char who[WHO_SIZE];
};

/* Look at the header, NULL if there is none. */
enum credentials_result credentials_check(struct credentials *,
    const char *header, char who[WHO_SIZE], enum grant *, struct attempt *);

/* The attempt was checked. Forget its password; whether it is good after
 * all: who and grant are set then. */
bool credentials_close(struct credentials *, struct attempt *, bool is_right,
    char who[WHO_SIZE], enum grant *);

#endif
