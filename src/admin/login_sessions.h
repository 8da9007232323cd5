/*
 * login_sessions.h -- who has logged in by the status page. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * They are in memory alone: a reload, which may have changed who may log in,
 * ends them. The key in the cookie is kept as its hash.
 */
#ifndef ADMIN_LOGIN_SESSIONS_H
#define ADMIN_LOGIN_SESSIONS_H

#include "admin/exchange.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	SESSIONS_MAX = 256,	/* of more the oldest end */
	SESSION_LASTS_MS = 12 * 3600 * 1000,
	SESSION_KEY_SIZE = 65,	/* NUL included */
};

struct session {
	char who[WHO_SIZE];
	enum grant grant;
	char csrf[SESSION_KEY_SIZE];	/* wanted with what changes anything */
};

struct sessions;

/* is_secure: their cookies go over TLS alone. */
struct sessions *sessions_new(bool is_secure);
void sessions_free(struct sessions *);
bool sessions_are_secure(const struct sessions *);

/* Begin one; its key is written. */
const struct session *sessions_begin(struct sessions *, const char *who,
    enum grant, int64_t now_ms, char key[SESSION_KEY_SIZE]);

/* The session of a key, or NULL. */
const struct session *sessions_find(const struct sessions *, const char *key,
    int64_t now_ms);

/* Is it the token against requests that other sites' pages make? */
bool session_knows(const struct session *, const char *csrf);

void sessions_end(struct sessions *, const char *key);

#endif
