/*
 * account_scores.c -- what became of each account's mails.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "replay/account_scores.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 65536 };

struct scores {
	size_t count;
	struct account_score *buckets[BUCKETS];
};

struct scores *
scores_new(void)
{
	return mem_new(1, sizeof(struct scores));
}

void
scores_free(struct scores *scores)
{
	if (scores == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while (scores->buckets[i] != NULL) {
			struct account_score *row = scores->buckets[i];

			scores->buckets[i] = row->next;
			free(row);
		}
	free(scores);
}

struct account_score *
scores_of(struct scores *scores, const char *account)
{
	struct account_score **at =
	    &scores->buckets[hash_text(account) % BUCKETS];
	size_t size = strlen(account) + 1;

	while (*at != NULL && strcmp((*at)->account, account) != 0)
		at = &(*at)->next;
	if (*at == NULL) {
		*at = mem_new(1, sizeof(**at) + size);
		memcpy((*at)->account, account, size);
		scores->count++;
	}
	return *at;
}

/* Does the mail ask once more? */
static bool
is_again(struct score *score, const char *mail)
{
	uint64_t number = *mail == '\0' ? 0 : hash_text(mail) | 1;
	bool is_same = number != 0 && number == score->last_mail;

	score->last_mail = number;
	return is_same;
}

static void
note(struct incident *incident, const struct finding *finding, int64_t at_ms,
    uint64_t passed)
{
	if (incident->at_ms != 0)
		return;
	incident->at_ms = at_ms;
	incident->cause = finding->cause;
	incident->found = finding->found;
	incident->limit = finding->limit;
	incident->per_s = finding->per_s;
	incident->passed_before = passed;
}

void
scores_count(struct score *score, const struct decision *decision,
    const char *mail, int64_t at_ms)
{
	const struct finding *finding = &decision->finding;
	unsigned one = is_again(score, mail) ? 0 : 1;

	if (finding->is_new_block)
		note(&score->blocked, finding, at_ms, score->passed);
	switch (decision->outcome) {
	case OUTCOME_DEFERRED:
	case OUTCOME_OVER_RATE:
		note(&score->first_deferred, finding, at_ms, score->passed);
		score->deferred += one;
		break;
	case OUTCOME_BLOCKED:
	case OUTCOME_OVER_LIMIT:
		score->refused += one;
		break;
	case OUTCOME_PASS:
	case OUTCOME_NO_ACCOUNT:
	case OUTCOME_EXEMPT:
	case OUTCOME_ERROR:
	case OUTCOME_BUSY:
	case OUTCOME_COUNT:
	default:
		score->passed += one;
		break;
	}
	score->mails += one;
}

static int
by_account(const void *a, const void *b)
{
	const struct account_score *one = *(struct account_score *const *)a;
	const struct account_score *other = *(struct account_score *const *)b;

	return strcmp(one->account, other->account);
}

struct account_score **
scores_list(const struct scores *scores, size_t *count)
{
	struct account_score **list = mem_new(scores->count + 1,
	    sizeof(struct account_score *));

	*count = 0;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct account_score *row = scores->buckets[i];
		     row != NULL; row = row->next)
			list[(*count)++] = row;
	qsort(list, *count, sizeof(*list), by_account);
	return list;
}
