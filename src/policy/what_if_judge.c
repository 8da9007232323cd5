/*
 * what_if_judge.c -- would the logins of an account have broken a limit? Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/what_if_judge.h"

#include "base/mem.h"
#include "policy/limits.h"

#include <stdlib.h>
#include <string.h>

/* A moment at which an account is known to have logged in. */
struct moment {
	int64_t at_ms;
	const struct login_record *login;
};

static int
by_time(const void *a, const void *b)
{
	const struct moment *one = a;
	const struct moment *other = b;

	return one->at_ms < other->at_ms ? -1 : one->at_ms > other->at_ms;
}

static struct moment *
list_moments(const struct past_login *logins, size_t count)
{
	struct moment *moments = mem_new(2 * count, sizeof(*moments));

	for (size_t i = 0; i < count; i++) {
		const struct login_record *login = &logins[i].login;

		moments[2 * i] = (struct moment){ login->first_ms, login };
		moments[2 * i + 1] = (struct moment){ login->last_ms, login };
	}
	qsort(moments, 2 * count, sizeof(*moments), by_time);
	return moments;
}

/* Was there a login at_ms that counts at now_ms? since_ms parts the time: what
 * was before the fresh count does not go with what came after it. */
static bool
is_seen(int64_t at_ms, int64_t now_ms, int64_t window_ms, int64_t since_ms)
{
	return at_ms <= now_ms && at_ms > now_ms - window_ms &&
	    (now_ms <= since_ms || at_ms > since_ms);
}

/* The verdict on the login of one moment; records are scratch. */
static struct judgement
judge_moment(const struct settings *settings, const struct moment *now,
    const struct past_login *logins, size_t count,
    struct login_record *records)
{
	int64_t window_ms = (int64_t)settings->window_s * 1000;
	struct login login = { .client = now->login->network,
		.network = now->login->network, .asn = now->login->asn };
	struct evidence evidence;

	memcpy(login.country, now->login->country, sizeof(login.country));
	for (size_t i = 0; i < count; i++)
		records[i].is_within =
		    is_seen(records[i].first_ms, now->at_ms, window_ms,
			logins[i].since_ms) ||
		    is_seen(records[i].last_ms, now->at_ms, window_ms,
			logins[i].since_ms);
	evidence = limits_count(settings, records, count, &login);
	return limits_judge(settings, &evidence, &login);
}

struct what_if
what_if_judge(const struct settings *settings,
    const struct past_login *logins, size_t count)
{
	struct moment *moments = list_moments(logins, count);
	struct login_record *records = mem_new(count, sizeof(*records));
	struct what_if found = { .at_ms = 0 };

	for (size_t i = 0; i < count; i++)
		records[i] = logins[i].login;
	for (size_t i = 0; i < 2 * count && found.at_ms == 0; i++) {
		struct judgement judgement = judge_moment(settings,
		    &moments[i], logins, count, records);

		if (judgement.cause != CAUSE_NONE) {
			found.at_ms = moments[i].at_ms;
			found.judgement = judgement;
		}
	}
	free(records);
	free(moments);
	return found;
}
