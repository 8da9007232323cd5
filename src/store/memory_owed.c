/*
 * memory_owed.c -- mails that passed from memory, unknown to the store.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A heap by the time they are due: of accounts whose windows are short it is
 * sooner than of others.
 */
#include "store/memory_owed.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* The memory has room for as many logins: one worker may take them all. */
enum { MOST = 65536, LISTS = 16384 };

struct debt {
	struct memory_key key;
	struct login login;
	const struct settings *settings;
	int64_t due_ms;
	uint32_t mails;		/* beside those that the memory holds */
	int64_t last_ms;
	int64_t mark;	/* as check's */
	/* Of a mail beside those, or ""; behind the account. */
	const char *instance;
	struct debt *next;	/* in its list */
	char account[];
};

struct owed {
	struct memory *memory;
	/* No child, at 2 * i + 1 or 2 * i + 2, is due before its parent. */
	struct debt **heap;
	size_t count, room;
	/* Those that are in the heap for what the memory holds, by login. */
	struct debt *lists[LISTS];
};

struct owed *
owed_new(struct memory *memory)
{
	struct owed *owed = mem_new(1, sizeof(*owed));

	owed->memory = memory;
	return owed;
}

void
owed_free(struct owed *owed)
{
	if (owed == NULL)
		return;
	for (size_t i = 0; i < owed->count; i++)
		free(owed->heap[i]);
	free(owed->heap);
	free(owed);
}

bool
owed_is_full(const struct owed *owed)
{
	return owed->count >= MOST;
}

static void
insert(struct owed *owed, struct debt *debt)
{
	size_t at = owed->count++;

	if (owed->count > owed->room) {
		owed->room = owed->room == 0 ? OWED_BATCH : owed->room * 2;
		owed->heap = mem_grow(owed->heap, owed->room,
		    sizeof(*owed->heap));
	}
	while (at > 0 && debt->due_ms < owed->heap[(at - 1) / 2]->due_ms) {
		owed->heap[at] = owed->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	owed->heap[at] = debt;
}

/* Of the children of a place the one that is due first; 0: there is none. */
static size_t
first_child(const struct owed *owed, size_t at)
{
	size_t child = 2 * at + 1;

	if (child >= owed->count)
		return 0;
	if (child + 1 < owed->count &&
	    owed->heap[child + 1]->due_ms < owed->heap[child]->due_ms)
		child++;
	return child;
}

static struct debt *
take_first(struct owed *owed)
{
	struct debt *first = owed->heap[0];
	struct debt *last = owed->heap[--owed->count];
	size_t at = 0;
	size_t child;

	while ((child = first_child(owed, at)) != 0 &&
	    owed->heap[child]->due_ms < last->due_ms) {
		owed->heap[at] = owed->heap[child];
		at = child;
	}
	owed->heap[at] = last;
	return first;
}

static struct debt *
new_debt(const struct memory_key *key, const struct check *check,
    const char *instance, int64_t due_ms)
{
	size_t size = strlen(check->account) + 1;
	size_t more = strlen(instance) + 1;
	struct debt *debt = mem_new(1, sizeof(*debt) + size + more);

	debt->key = *key;
	debt->login = check->login;
	debt->settings = check->settings;
	debt->due_ms = due_ms;
	memcpy(debt->account, check->account, size);
	debt->instance = memcpy(debt->account + size, instance, more);
	return debt;
}

static struct debt **
list_of(struct owed *owed, const struct memory_key *key)
{
	return &owed->lists[key->login / 2 % LISTS];
}

/* Does somebody come by then for what the memory holds of the login? */
static bool
is_listed(struct owed *owed, const struct memory_key *key, int64_t due_ms)
{
	const struct debt *debt = *list_of(owed, key);

	while (debt != NULL && (debt->key.login != key->login ||
		debt->key.account != key->account || debt->due_ms > due_ms))
		debt = debt->next;
	return debt != NULL;
}

static void
list(struct owed *owed, struct debt *debt)
{
	struct debt **place = list_of(owed, &debt->key);

	debt->next = *place;
	*place = debt;
}

static void
unlist(struct owed *owed, struct debt *debt)
{
	struct debt **place = list_of(owed, &debt->key);

	while (*place != NULL && *place != debt)
		place = &(*place)->next;
	if (*place != NULL)
		*place = debt->next;
}

void
owed_add(struct owed *owed, const struct memory_key *key,
    const struct check *check, int64_t due_ms)
{
	bool is_failed = check->result != STORE_DONE && check->held > 0;
	struct debt *debt;

	if (!is_failed && is_listed(owed, key, due_ms))
		return;
	debt = new_debt(key, check, "", due_ms);
	if (is_failed) {
		/* The memory has none of these. */
		debt->mails = check->held;
		debt->last_ms = check->held_last_ms;
		debt->mark = check->mark;
	} else {
		list(owed, debt);
	}
	insert(owed, debt);
}

void
owed_add_mail(struct owed *owed, const struct memory_key *key,
    const struct check *check)
{
	struct debt *debt = new_debt(key, check, check->instance,
	    clock_mono_ms());

	debt->mails = check->instance[0] == '\0';
	debt->mark = check->mark;
	insert(owed, debt);
}

int
owed_wait_ms(const struct owed *owed)
{
	return owed->count == 0 ? -1 : clock_left_ms(owed->heap[0]->due_ms);
}

static void
make_check(const struct debt *debt, struct check *check)
{
	memset(check, 0, sizeof(*check));
	check->account = debt->account;
	check->instance = debt->instance;
	check->login = debt->login;
	check->settings = debt->settings;
	check->held = debt->mails;
	check->held_last_ms = debt->last_ms;
	check->mark = debt->mark;
	check->is_held_only = true;
	check->result = STORE_FAILED;	/* so far */
}

/*
 * What the memory holds beside comes with it, unless what there was may have
 * been written: it is found out of that alone.
 */
static void
take_held(struct owed *owed, struct debt *debt)
{
	struct memory_taken taken;

	if (debt->mark != 0)
		return;
	debt->mails += memory_take(owed->memory, &debt->key, 0, &taken);
	if (taken.last_ms > debt->last_ms)
		debt->last_ms = taken.last_ms;
}

/* Is the account in the batch with another mark that may have been written?
 * Asked for together, neither could be found out of. */
static bool
is_mixed(const struct owed_batch *batch, const struct debt *debt)
{
	for (size_t i = 0; i < batch->count; i++)
		if (batch->debts[i]->mark != debt->mark &&
		    strcmp(batch->debts[i]->account, debt->account) == 0)
			return true;
	return false;
}

size_t
owed_collect(struct owed *owed, struct owed_batch *batch, bool is_all)
{
	batch->count = 0;
	while (batch->count < OWED_BATCH && owed->count > 0 &&
	    (is_all || owed_wait_ms(owed) == 0) &&
	    !is_mixed(batch, owed->heap[0])) {
		struct debt *debt = take_first(owed);

		unlist(owed, debt);
		take_held(owed, debt);
		if (debt->mails == 0 && debt->instance[0] == '\0') {
			free(debt);
			continue;
		}
		make_check(debt, &batch->checks[batch->count]);
		batch->debts[batch->count++] = debt;
	}
	return batch->count;
}

bool
owed_settle(struct owed *owed, struct owed_batch *batch, int64_t again_ms)
{
	bool is_paid = true;

	for (size_t i = 0; i < batch->count; i++) {
		const struct check *check = &batch->checks[i];
		struct debt *debt = batch->debts[i];

		if (check->result == STORE_DONE) {
			free(debt);
			continue;
		}
		debt->mark = check->mark;
		debt->due_ms = clock_mono_ms() + again_ms;
		insert(owed, debt);
		is_paid = false;
	}
	batch->count = 0;
	return is_paid;
}
