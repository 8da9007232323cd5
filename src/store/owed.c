/*
 * owed.c -- mails that passed from memory, and which the store does not have.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/owed.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
	MOST = 20000,
	/* Accounts of one call. */
	BATCH = 64,
	/* The store could not be asked. */
	AGAIN_MS = 1000,
};

struct debt {
	struct debt *next;
	struct memory_key key;
	struct login login;
	const struct settings *settings;
	int64_t due_ms;
	uint32_t mails;		/* beside those that the memory holds */
	int64_t last_ms;
	char account[];
};

struct owed {
	struct memory *memory;
	struct debt *first, **end;	/* in the order they came */
	size_t count;
};

struct owed *
owed_new(struct memory *memory)
{
	struct owed *owed = mem_new(1, sizeof(*owed));

	owed->memory = memory;
	owed->end = &owed->first;
	return owed;
}

static struct debt *
take_first(struct owed *owed)
{
	struct debt *debt = owed->first;

	owed->first = debt->next;
	if (owed->first == NULL)
		owed->end = &owed->first;
	owed->count--;
	return debt;
}

static void
append(struct owed *owed, struct debt *debt)
{
	debt->next = NULL;
	*owed->end = debt;
	owed->end = &debt->next;
	owed->count++;
}

void
owed_free(struct owed *owed)
{
	if (owed == NULL)
		return;
	while (owed->first != NULL)
		free(take_first(owed));
	free(owed);
}

bool
owed_is_full(const struct owed *owed)
{
	return owed->count >= MOST;
}

void
owed_add(struct owed *owed, const struct memory_key *key, const char *account,
    const struct login *login, const struct settings *settings, int64_t due_ms,
    uint32_t mails, int64_t last_ms)
{
	size_t size = strlen(account) + 1;
	struct debt *debt = mem_new(1, sizeof(*debt) + size);

	debt->key = *key;
	debt->login = *login;
	debt->settings = settings;
	debt->due_ms = due_ms;
	debt->mails = mails;
	debt->last_ms = last_ms;
	memcpy(debt->account, account, size);
	append(owed, debt);
}

/* Take those that are due off the list, with what the memory holds; who has
 * been there already is done with. */
static size_t
collect(struct owed *owed, struct debt **due, bool is_all)
{
	size_t count = 0;

	while (count < BATCH && owed->first != NULL &&
	    (is_all || clock_left_ms(owed->first->due_ms) == 0)) {
		struct debt *debt = take_first(owed);
		struct memory_taken taken;

		debt->mails += memory_take(owed->memory, &debt->key, 0,
		    &taken);
		if (taken.last_ms > debt->last_ms)
			debt->last_ms = taken.last_ms;
		if (debt->mails > 0)
			due[count++] = debt;
		else
			free(debt);
	}
	return count;
}

static bool
pay(struct owed *owed, struct store *store, struct debt **due, size_t count,
    int64_t deadline_ms)
{
	struct check checks[BATCH];
	bool is_paid = true;

	memset(checks, 0, sizeof(checks));
	for (size_t i = 0; i < count; i++) {
		checks[i].account = due[i]->account;
		checks[i].instance = "";
		checks[i].login = due[i]->login;
		checks[i].settings = due[i]->settings;
		checks[i].held = due[i]->mails;
		checks[i].held_last_ms = due[i]->last_ms;
		checks[i].is_held_only = true;
	}
	store_check(store, checks, count, deadline_ms);
	for (size_t i = 0; i < count; i++) {
		if (checks[i].result == STORE_DONE) {
			free(due[i]);
			continue;
		}
		due[i]->due_ms = clock_mono_ms() + AGAIN_MS;
		append(owed, due[i]);
		is_paid = false;
	}
	return is_paid;
}

int
owed_pay(struct owed *owed, struct store *store, bool is_all,
    int64_t deadline_ms)
{
	struct debt *due[BATCH];
	size_t count = collect(owed, due, is_all);

	if (count > 0 && !pay(owed, store, due, count, deadline_ms))
		return AGAIN_MS;
	if (owed->first == NULL)
		return -1;
	return is_all ? 0 : clock_left_ms(owed->first->due_ms);
}
