/*
 * login_sessions.c -- who has logged in by the status page. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* explicit_bzero */
#include "admin/login_sessions.h"

#include "base/mem.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	unsigned char hash[SHA256_DIGEST_LENGTH];	/* of the key */
	int64_t until_ms;	/* 0: nothing here */
	struct session session;
};

struct sessions {
	bool is_secure;
	struct entry list[SESSIONS_MAX];
};

struct sessions *
sessions_new(bool is_secure)
{
	struct sessions *sessions = mem_new(1, sizeof(*sessions));

	sessions->is_secure = is_secure;
	return sessions;
}

void
sessions_free(struct sessions *sessions)
{
	if (sessions != NULL)
		explicit_bzero(sessions, sizeof(*sessions));
	free(sessions);
}

bool
sessions_are_secure(const struct sessions *sessions)
{
	return sessions->is_secure;
}

static void
make_key(char key[SESSION_KEY_SIZE])
{
	unsigned char bytes[(SESSION_KEY_SIZE - 1) / 2];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		abort(); /* no randomness: nothing is safe then */
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(key + 2 * i, 3, "%02x", bytes[i]);
}

static void
hash_key(const char *key, unsigned char hash[SHA256_DIGEST_LENGTH])
{
	SHA256((const unsigned char *)key, strlen(key), hash);
}

const struct session *
sessions_begin(struct sessions *sessions, const char *who, enum grant grant,
    int64_t now_ms, char key[SESSION_KEY_SIZE])
{
	struct entry *place = &sessions->list[0];

	for (size_t i = 1; i < SESSIONS_MAX; i++)
		if (sessions->list[i].until_ms < place->until_ms)
			place = &sessions->list[i];
	make_key(key);
	hash_key(key, place->hash);
	place->until_ms = now_ms + SESSION_LASTS_MS;
	snprintf(place->session.who, WHO_SIZE, "%s", who);
	place->session.grant = grant;
	make_key(place->session.csrf);
	return &place->session;
}

static const struct entry *
find(const struct sessions *sessions, const char *key)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	const struct entry *found = NULL;

	hash_key(key, hash);
	for (size_t i = 0; i < SESSIONS_MAX; i++)
		if (sessions->list[i].until_ms != 0 &&
		    CRYPTO_memcmp(sessions->list[i].hash, hash,
			sizeof(hash)) == 0)
			found = &sessions->list[i];
	return found;
}

const struct session *
sessions_find(const struct sessions *sessions, const char *key,
    int64_t now_ms)
{
	const struct entry *entry = find(sessions, key);

	return entry != NULL && now_ms < entry->until_ms ? &entry->session :
							   NULL;
}

bool
session_knows(const struct session *session, const char *csrf)
{
	return csrf != NULL && strlen(csrf) == SESSION_KEY_SIZE - 1 &&
	    CRYPTO_memcmp(csrf, session->csrf, SESSION_KEY_SIZE - 1) == 0;
}

void
sessions_end(struct sessions *sessions, const char *key)
{
	const struct entry *entry = find(sessions, key);

	if (entry != NULL)
		explicit_bzero(&sessions->list[entry - sessions->list],
		    sizeof(*entry));
}
