/*
 * password_verifier.h -- passwords against crypt(3) hashes, beside the loop.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A good hash takes long on purpose, and so would everybody who waits for it
 * to be checked. One thread does it, one password after the other: whoever
 * guesses gets no more guesses than that, and keeps nobody else waiting. Of
 * each source the first password comes before the second of any other.
 */
#ifndef ADMIN_PASSWORD_VERIFIER_H
#define ADMIN_PASSWORD_VERIFIER_H

#include <stdbool.h>
#include <stddef.h>

struct verifier;

/* Passwords that may wait or be checked at a time; and of one source (see
 * client_subnet.h). */
enum { VERIFIER_WAITING_MAX = 64, VERIFIER_SHARE = 4 };

/* NULL, with the cause logged, if there can be no thread. */
struct verifier *verifier_start(void);
/* Waits for the password that is being checked, and forgets the others. */
void verifier_stop(struct verifier *);

/* Becomes readable when a result is there. */
int verifier_fd(const struct verifier *);

/* Have a password checked; false: too many are waiting, of all or of its
 * source. tag comes back. */
bool verifier_ask(struct verifier *, const char *source, const char *hash,
    const char *password, void *tag);

/* Take a result: its tag, or NULL if there is none (now). */
void *verifier_take(struct verifier *, bool *is_right);

#endif
