/*
 * credentials.c -- who is asking, by the header Authorization.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* explicit_bzero, strncasecmp */
#include "admin/credentials.h"

#include "base/clock.h"
#include "base/mem.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	KNOWN_MAX = 64,		/* passwords that are known again */
	KNOWN_MS = 300000,	/* for so long */
	SECRET_MAX = 1024,	/* longest "user:password" or token */
	HASH_SIZE = SHA256_DIGEST_LENGTH,
};

struct known {
	unsigned char key[HASH_SIZE];
	int64_t until_ms;	/* monotonic; 0: nothing here */
};

struct credentials {
	const struct config *config;
	unsigned char secret[HASH_SIZE];	/* of the keyed hash */
	struct known known[KNOWN_MAX];
	size_t next;		/* where the next one goes */
};

struct credentials *
credentials_new(const struct config *config)
{
	struct credentials *credentials = mem_new(1, sizeof(*credentials));

	credentials->config = config;
	if (RAND_bytes(credentials->secret, HASH_SIZE) != 1)
		abort(); /* no randomness: nothing is safe then */
	return credentials;
}

void
credentials_free(struct credentials *credentials)
{
	if (credentials != NULL)
		explicit_bzero(credentials, sizeof(*credentials));
	free(credentials);
}

bool
credentials_are_wanted(const struct credentials *credentials)
{
	return credentials->config->http.users.count > 0 ||
	    credentials->config->http.tokens.count > 0;
}

/* The part after a scheme such as "Basic", or NULL if it is another. */
static const char *
after_scheme(const char *header, const char *scheme)
{
	size_t length = strlen(scheme);

	if (strncasecmp(header, scheme, length) != 0 || header[length] != ' ')
		return NULL;
	return header + length + strspn(header + length, " ");
}

/* --- tokens ----------------------------------------------------------------- */

/* "read:HASH" and so on. */
static enum grant
grant_of(const char *token)
{
	if (strncmp(token, "admin:", 6) == 0)
		return GRANT_ADMIN;
	return strncmp(token, "operate:", 8) == 0 ? GRANT_OPERATE : GRANT_READ;
}

static enum credentials_result
check_token(const struct credentials *credentials, const char *given,
    char who[WHO_SIZE], enum grant *grant)
{
	const struct strings *tokens = &credentials->config->http.tokens;
	unsigned char digest[HASH_SIZE];
	char text[2 * HASH_SIZE + 1];
	enum credentials_result result = CREDENTIALS_BAD;

	SHA256((const unsigned char *)given, strlen(given), digest);
	for (int i = 0; i < HASH_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	/* All of them: which one it is must not show in the time. */
	for (size_t i = 0; i < tokens->count; i++) {
		const char *hash = strchr(tokens->list[i], ':') + 1;
		char lower[2 * HASH_SIZE + 1];

		snprintf(lower, sizeof(lower), "%s", hash);
		for (char *at = lower; *at != '\0'; at++)
			if (*at >= 'A' && *at <= 'F')
				*at = (char)(*at - 'A' + 'a');
		if (strlen(hash) != 2 * HASH_SIZE ||
		    CRYPTO_memcmp(lower, text, 2 * HASH_SIZE) != 0)
			continue;
		result = CREDENTIALS_GOOD;
		*grant = grant_of(tokens->list[i]);
		snprintf(who, WHO_SIZE, "token:%.8s", lower);
	}
	return result;
}

/* --- users ------------------------------------------------------------------ */

/* Decode base64 (RFC 4648) into a text. Return 0, or -1. */
static int
decode(const char *given, char text[SECRET_MAX])
{
	size_t length = strlen(given);
	unsigned char *bytes = (unsigned char *)text;
	int size;

	if (length == 0 || length % 4 != 0 || length / 4 * 3 >= SECRET_MAX)
		return -1;
	size = EVP_DecodeBlock(bytes, (const unsigned char *)given,
	    (int)length);
	if (size < 0)
		return -1;
	/* What was padding came out as NUL. */
	for (size_t i = length; i > length - 2 && given[i - 1] == '='; i--)
		size--;
	text[size] = '\0';
	return strlen(text) == (size_t)size ? 0 : -1;
}

/* The hash of a user, or NULL. */
static const char *
hash_of(const struct credentials *credentials, const char *user)
{
	const struct strings *users = &credentials->config->http.users;
	size_t length = strlen(user);

	for (size_t i = 0; i < users->count; i++)
		if (strncmp(users->list[i], user, length) == 0 &&
		    users->list[i][length] == ':')
			return users->list[i] + length + 1;
	return NULL;
}

/* A hash for somebody unknown to be checked against, to no avail. */
static const char *
any_hash(const struct credentials *credentials)
{
	const struct strings *users = &credentials->config->http.users;
	const char *hash = "";

	for (size_t i = 0; i < users->count && *hash != '$'; i++)
		hash = strchr(users->list[i], ':') + 1;
	return hash;
}

/* What a right password is known again by; its hash is in it, so that a user
 * whose hash changed is another one. */
static void
make_key(const struct credentials *credentials, const char *user,
    const char *hash, const char *password, unsigned char key[HASH_SIZE])
{
	unsigned length = HASH_SIZE;
	char *text = mem_printf("%s\n%s\n%s", user, hash, password);

	HMAC(EVP_sha256(), credentials->secret, HASH_SIZE,
	    (const unsigned char *)text, strlen(text), key, &length);
	explicit_bzero(text, strlen(text));
	free(text);
}

static bool
is_known(const struct credentials *credentials,
    const unsigned char key[HASH_SIZE])
{
	int64_t now_ms = clock_mono_ms();
	bool is_found = false;

	for (size_t i = 0; i < KNOWN_MAX; i++)
		is_found |= credentials->known[i].until_ms > now_ms &&
		    CRYPTO_memcmp(credentials->known[i].key, key,
			HASH_SIZE) == 0;
	return is_found;
}

static enum credentials_result
check_user(struct credentials *credentials, const char *given,
    char who[WHO_SIZE], enum grant *grant, struct attempt *attempt)
{
	const struct strings *users = &credentials->config->http.users;
	char text[SECRET_MAX];
	char *password;
	const char *hash;

	if (users->count == 0 || decode(given, text) != 0 ||
	    (password = strchr(text, ':')) == NULL)
		return CREDENTIALS_BAD;
	*password++ = '\0';
	hash = hash_of(credentials, text);
	attempt->is_known = hash != NULL;
	/* Somebody unknown takes as long as somebody known. */
	if (hash == NULL)
		hash = any_hash(credentials);
	make_key(credentials, text, hash, password, attempt->key);
	snprintf(who, WHO_SIZE, "%s", text);
	*grant = GRANT_ADMIN;
	if (attempt->is_known && is_known(credentials, attempt->key)) {
		explicit_bzero(text, sizeof(text));
		return CREDENTIALS_GOOD;
	}
	attempt->hash = hash;
	attempt->password = mem_dup(password);
	snprintf(attempt->who, WHO_SIZE, "%s", text);
	*who = '\0';
	*grant = GRANT_ANYBODY;
	explicit_bzero(text, sizeof(text));
	return CREDENTIALS_OPEN;
}

/* --- both ------------------------------------------------------------------- */

enum credentials_result
credentials_check(struct credentials *credentials, const char *header,
    char who[WHO_SIZE], enum grant *grant, struct attempt *attempt)
{
	const char *given;

	memset(attempt, 0, sizeof(*attempt));
	*grant = GRANT_ANYBODY;
	*who = '\0';
	if (!credentials_are_wanted(credentials)) {
		snprintf(who, WHO_SIZE, "local");
		*grant = GRANT_ADMIN;
		return CREDENTIALS_GOOD;
	}
	if (header == NULL)
		return CREDENTIALS_NONE;
	if ((given = after_scheme(header, "Bearer")) != NULL)
		return strlen(given) < SECRET_MAX ?
		    check_token(credentials, given, who, grant) :
		    CREDENTIALS_BAD;
	if ((given = after_scheme(header, "Basic")) != NULL)
		return check_user(credentials, given, who, grant, attempt);
	return CREDENTIALS_BAD;
}

bool
credentials_close(struct credentials *credentials, struct attempt *attempt,
    bool is_right, char who[WHO_SIZE], enum grant *grant)
{
	struct known *known;

	if (attempt->password != NULL)
		explicit_bzero(attempt->password, strlen(attempt->password));
	free(attempt->password);
	attempt->password = NULL;
	if (!is_right || !attempt->is_known)
		return false;
	known = &credentials->known[credentials->next];
	credentials->next = (credentials->next + 1) % KNOWN_MAX;
	memcpy(known->key, attempt->key, HASH_SIZE);
	known->until_ms = clock_mono_ms() + KNOWN_MS;
	memcpy(who, attempt->who, WHO_SIZE);
	*grant = GRANT_ADMIN;
	return true;
}
