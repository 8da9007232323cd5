/*
 * memory_unasked.c -- requests that pass unasked (store.memory).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/memory_unasked.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/memory_owed.h"

#include <stdlib.h>
#include <string.h>

enum {
	/* Mails are taken to the store so long after they could pass last. */
	OWED_MS = 1000,
	/* Nobody waits for them longer than that. */
	LOOK_MS = 1000,
	/* The store could not be asked: once more after that. */
	AGAIN_MS = 1000,
	/* Mails that were asked about in rounds that were lost lately. */
	DOUBTED = 256,
	/* At the end of the process: after all others, and a pause. */
	LAST_MS = 1 << 30,
	PAUSE_MS = 10,
};

struct unasked {
	struct memory *memory;
	struct owed *owed;
	uint64_t load;
	int64_t memory_ms;
	uint16_t mails;
	struct owed_batch batch;	/* on its way to the store */
	uint64_t doubted[DOUBTED];
	size_t doubted_count;	/* ever: the last ones are there */
};

struct unasked *
unasked_new(const struct config *config, struct memory *memory, uint64_t load)
{
	struct unasked *unasked;

	if (memory == NULL || config->store.memory_s == 0 ||
	    strstr(config->actions.ok, "${") != NULL)
		return NULL;
	unasked = mem_new(1, sizeof(*unasked));
	unasked->memory = memory;
	unasked->owed = owed_new(memory);
	unasked->load = load;
	unasked->memory_ms = (int64_t)config->store.memory_s * 1000;
	unasked->mails = (uint16_t)config->store.memory_mails;
	return unasked;
}

void
unasked_free(struct unasked *unasked)
{
	if (unasked == NULL)
		return;
	owed_free(unasked->owed);
	free(unasked);
}

/* FNV-1a; 0: there is none. */
static uint64_t
hash_of(const char *instance)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	if (*instance == '\0')
		return 0;
	for (; *instance != '\0'; instance++)
		hash = (hash ^ (uint8_t)*instance) * UINT64_C(1099511628211);
	return hash | 1;
}

/* No longer than the store counts logins longer for it, see places_slack. */
static int64_t
memory_ms(const struct unasked *unasked, const struct check *check)
{
	int64_t most_ms = (int64_t)check->settings->window_s * 1000 / 60;

	return unasked->memory_ms < most_ms ? unasked->memory_ms : most_ms;
}

void
unasked_query(const struct unasked *unasked, const struct check *check,
    struct unasked_query *query)
{
	if (unasked == NULL)
		return;
	query->key = memory_key(unasked->memory, unasked->load,
	    check->account, &check->login);
	query->mail = (struct memory_mail){
		.instance = hash_of(check->instance),
		.is_rated = check->weight > 0,
		.weighs_once = check->weighs_once,
	};
}

/*
 * May the store have counted this mail, although it never said so? Held in
 * memory it would be a number, and counted again; so it is owed by its name, for
 * each recipient anew. A mail that has passed from memory before is among those
 * that are held.
 */
static bool
is_doubted(const struct unasked *unasked, const struct check *check,
    uint64_t instance)
{
	if (check->may_be_written)
		return !check->is_counted;
	for (size_t i = 0; i < unasked->doubted_count && i < DOUBTED; i++)
		if (instance != 0 && unasked->doubted[i] == instance)
			return true;
	return false;
}

static void
doubt(struct unasked *unasked, const struct check *check, uint64_t instance)
{
	if (check->may_be_written && !check->is_counted && instance != 0)
		unasked->doubted[unasked->doubted_count++ % DOUBTED] =
		    instance;
}

bool
unasked_passes(struct unasked *unasked, const struct check *check,
    const struct unasked_query *query)
{
	struct memory_mail mail;
	enum memory_answer answer;

	if (unasked == NULL || owed_is_full(unasked->owed))
		return false;
	mail = query->mail;
	mail.is_owed = is_doubted(unasked, check, query->mail.instance);
	answer = memory_pass(unasked->memory, &query->key, &mail);
	if (answer == MEMORY_PASS && mail.is_owed)
		owed_add_mail(unasked->owed, &query->key, check);
	if (answer == MEMORY_PASS_FIRST)
		owed_add(unasked->owed, &query->key, check, clock_mono_ms() +
		    memory_ms(unasked, check) + OWED_MS);
	return answer != MEMORY_NOTHING;
}

void
unasked_take(struct unasked *unasked, struct check *check,
    struct unasked_query *query)
{
	struct memory_taken taken;

	if (unasked == NULL)
		return;
	query->stamp = memory_stamp(unasked->memory, &query->key);
	query->began_ms = clock_mono_ms();
	check->held = memory_take(unasked->memory, &query->key,
	    query->mail.instance, &taken);
	check->held_last_ms = taken.last_ms;
	check->is_counted = taken.has_it;
}

bool
unasked_passes_alone(struct unasked *unasked, const struct check *check,
    struct unasked_query *query)
{
	query->mail.is_away = true;
	return unasked_passes(unasked, check, query);
}

/* It was not counted, as far as is known. */
static void
owe_again(struct unasked *unasked, struct check *check,
    const struct unasked_query *query)
{
	if (check->held > 0)
		owed_add(unasked->owed, &query->key, check, clock_mono_ms());
	check->held = 0;
}

void
unasked_note(struct unasked *unasked, struct check *check,
    const struct unasked_query *query)
{
	const struct finding *finding = &check->finding;
	struct memory_grant grant = { .stamp = query->stamp,
		.mails = 0 };

	if (unasked == NULL)
		return;
	if (check->result != STORE_DONE) {
		doubt(unasked, check, query->mail.instance);
		owe_again(unasked, check, query);
		return;
	}
	if (finding->verdict != VERDICT_PASS) {
		memory_forget(unasked->memory, check->account);
		return;
	}
	if (!finding->may_pass)
		return;
	grant.until_ms = query->began_ms + memory_ms(unasked, check);
	grant.mails = unasked->mails;
	grant.has_rates = finding->has_rates;
	grant.instance = query->mail.instance;
	/* One that no rate has counted yet is to be asked for. */
	grant.is_rated = check->weight > 0;
	if (memory_keep(unasked->memory, &query->key, &grant))
		owed_add(unasked->owed, &query->key, check,
		    grant.until_ms + OWED_MS);
}

struct owed_batch *
unasked_collect(struct unasked *unasked)
{
	if (unasked == NULL || unasked->batch.count > 0 ||
	    owed_collect(unasked->owed, &unasked->batch, false) == 0)
		return NULL;
	return &unasked->batch;
}

void
unasked_paid(struct unasked *unasked)
{
	owed_settle(unasked->owed, &unasked->batch, AGAIN_MS);
}

int
unasked_wait_ms(const struct unasked *unasked)
{
	int wait_ms = unasked == NULL || unasked->batch.count > 0 ? -1 :
	    owed_wait_ms(unasked->owed);

	return wait_ms < 0 || wait_ms > LOOK_MS ? LOOK_MS : wait_ms;
}

void
unasked_settle(struct unasked *unasked, struct store *store,
    int64_t deadline_ms)
{
	while (unasked != NULL && clock_left_ms(deadline_ms) > 0) {
		struct owed_batch *batch = &unasked->batch;

		owed_collect(unasked->owed, batch, true);
		if (batch->count > 0)
			store_check(store, batch->checks, batch->count,
			    deadline_ms);
		if (!owed_settle(unasked->owed, batch, LAST_MS))
			clock_rest_us(PAUSE_MS * 1000);
		else if (owed_wait_ms(unasked->owed) < 0)
			return;
	}
}
