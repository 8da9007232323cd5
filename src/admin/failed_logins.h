/*
 * failed_logins.h -- which source gave wrong credentials, and how often. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A source (client_subnet.h) may be wrong FAILED_LOGINS_BURST times at once and
 * once every FAILED_LOGINS_EVERY_MS for ever; beyond that nothing of it is worth
 * checking.
 */
#ifndef ADMIN_FAILED_LOGINS_H
#define ADMIN_FAILED_LOGINS_H

#include <stdint.h>

enum {
	FAILED_LOGINS_BURST = 10,
	FAILED_LOGINS_EVERY_MS = 6000,
	FAILED_LOGINS_MAX = 256,
};

struct failed_logins;

struct failed_logins *failed_logins_new(void);
void failed_logins_free(struct failed_logins *);

/* In how many milliseconds may it try again? 0: now. */
int64_t failed_logins_wait_ms(const struct failed_logins *, const char *source,
    int64_t now_ms);

/* It was wrong. Of more than FAILED_LOGINS_MAX sources those are forgotten that
 * could go on soonest. */
void failed_logins_add(struct failed_logins *, const char *source,
    int64_t now_ms);

#endif
