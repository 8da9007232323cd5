/*
 * password_verifier.c -- passwords against crypt(3) hashes, beside the loop.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* explicit_bzero */
#include "admin/password_verifier.h"

#include "base/addr.h"
#include "base/mem.h"
#include "server/work_thread.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The longest that a hash may take at the end. */
enum { STOP_MS = 10000 };

struct check {
	struct check *next;	/* the verifier's, in any order */
	char source[ADDR_TEXT_SIZE];
	char *hash, *password;
	void *tag;
	bool is_right;
};

struct verifier {
	struct work_thread *thread;
	struct check *asked;	/* and not taken */
};

static void
check_free(void *opaque)
{
	struct check *check = opaque;

	if (check->password != NULL)
		explicit_bzero(check->password, strlen(check->password));
	free(check->password);
	free(check->hash);
	free(check);
}

static void
work(void *state, void *opaque)
{
	struct check *check = opaque;
	struct crypt_data *data = mem_new(1, sizeof(*data));
	const char *found = crypt_r(check->password, check->hash, data);
	size_t length = strlen(check->hash);

	(void)state;
	check->is_right = found != NULL && strlen(found) == length &&
	    CRYPTO_memcmp(found, check->hash, length) == 0;
	explicit_bzero(data, sizeof(*data));
	free(data);
}

struct verifier *
verifier_start(void)
{
	static const struct thread_work passwords = { NULL, work, NULL };
	struct verifier *verifier = mem_new(1, sizeof(*verifier));

	verifier->thread = work_thread_start(&passwords);
	if (verifier->thread != NULL)
		return verifier;
	free(verifier);
	return NULL;
}

void
verifier_stop(struct verifier *verifier)
{
	if (verifier != NULL &&
	    work_thread_stop(verifier->thread, STOP_MS, check_free))
		free(verifier);
}

int
verifier_fd(const struct verifier *verifier)
{
	return work_thread_fd(verifier->thread);
}

/* How many of a source are waiting or under way? */
static unsigned
count_of(const struct verifier *verifier, const char *source)
{
	unsigned count = 0;

	for (const struct check *check = verifier->asked; check != NULL;
	     check = check->next)
		count += strcmp(check->source, source) == 0;
	return count;
}

bool
verifier_ask(struct verifier *verifier, const char *source, const char *hash,
    const char *password, void *tag)
{
	unsigned turn = count_of(verifier, source);
	struct check *check;

	if (turn >= VERIFIER_SHARE ||
	    work_thread_count(verifier->thread) >= VERIFIER_WAITING_MAX)
		return false;
	check = mem_new(1, sizeof(*check));
	snprintf(check->source, sizeof(check->source), "%s", source);
	check->hash = mem_dup(hash);
	check->password = mem_dup(password);
	check->tag = tag;
	check->next = verifier->asked;
	verifier->asked = check;
	work_thread_give(verifier->thread, check, turn);
	return true;
}

void *
verifier_take(struct verifier *verifier, bool *is_right)
{
	struct check *check = work_thread_take(verifier->thread);
	struct check **place = &verifier->asked;
	void *tag;

	if (check == NULL)
		return NULL;
	while (*place != check)
		place = &(*place)->next;
	*place = check->next;
	*is_right = check->is_right;
	tag = check->tag;
	check_free(check);
	return tag;
}
