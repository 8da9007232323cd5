/*
 * admin.h -- what the handlers of the HTTP interface work with.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_ADMIN_H
#define ADMIN_ADMIN_H

#include "config/config.h"
#include "policy/decide.h"

#include <stdint.h>
#include <sys/types.h>

/* How long a handler waits for the store; and one that changes many rows. */
enum { ADMIN_PATIENCE_MS = 3000, ADMIN_LONG_PATIENCE_MS = 20000 };

struct admin {
	const struct config *config;
	struct desk desk;
	pid_t master;			/* who is told to reload */
	struct totals totals;		/* of the store, as last read */
	bool has_totals;
	int64_t totals_ms;		/* when they are to be read again */
	struct limit_survey *survey;	/* see limit_survey.h; may be NULL */
};

/* The time by which a handler has to be done. */
int64_t admin_deadline(void);

/* Have totals at most a few seconds old, whoever asks how often; false: the
 * store does not tell. */
bool admin_totals(struct admin *);

struct exchange;

/*
 * Write the account that a given name stands for: lower case, no extension,
 * UTF-8, and, if resolved is wanted, the account itself for an alias that
 * LDAP knows. If it is no name answer so and return -1.
 */
int admin_account(struct admin *, struct exchange *, const char *given,
    bool is_resolved, char account[ACCOUNT_SIZE]);

#endif
