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

/* The login of one moment, and what counts then; records are scratch. */
static struct evidence
count_moment(const struct settings *settings, const struct moment *now,
    const struct past_login *logins, size_t count,
    struct login_record *records, struct login *login)
{
	int64_t window_ms = (int64_t)settings->window_s * 1000;

	*login = (struct login){ .client = now->login->network,
		.network = now->login->network, .asn = now->login->asn };
	memcpy(login->country, now->login->country, sizeof(login->country));
	for (size_t i = 0; i < count; i++)
		records[i].is_within =
		    is_seen(records[i].first_ms, now->at_ms, window_ms,
			logins[i].since_ms) ||
		    is_seen(records[i].last_ms, now->at_ms, window_ms,
			logins[i].since_ms);
	return limits_count(settings, records, count, login);
}

static struct login_record *
copy_records(const struct past_login *logins, size_t count)
{
	struct login_record *records = mem_new(count, sizeof(*records));

	for (size_t i = 0; i < count; i++)
		records[i] = logins[i].login;
	return records;
}

struct what_if
what_if_judge(const struct settings *settings,
    const struct past_login *logins, size_t count)
{
	struct moment *moments = list_moments(logins, count);
	struct login_record *records = copy_records(logins, count);
	struct what_if found = { .at_ms = 0 };

	for (size_t i = 0; i < 2 * count && found.at_ms == 0; i++) {
		struct login login;
		struct evidence evidence = count_moment(settings, &moments[i],
		    logins, count, records, &login);
		struct judgement judgement = limits_judge(settings, &evidence,
		    &login);

		if (judgement.cause != CAUSE_NONE) {
			found.at_ms = moments[i].at_ms;
			found.judgement = judgement;
		}
	}
	free(records);
	free(moments);
	return found;
}

struct evidence
what_if_peaks(const struct settings *settings,
    const struct past_login *logins, size_t count)
{
	/* The work grows with moments times logins. */
	enum { MOMENTS_MOST = 600 };
	struct moment *moments = list_moments(logins, count);
	struct login_record *records = copy_records(logins, count);
	size_t step = 2 * count / MOMENTS_MOST + 1;
	struct evidence peaks = { .is_capped = false };

	for (size_t i = 0; i < 2 * count; i += step) {
		struct login login;
		struct evidence now = count_moment(settings, &moments[i],
		    logins, count, records, &login);

		for (int k = 0; k < MEASURE_COUNT; k++)
			if (now.found[k] > peaks.found[k])
				peaks.found[k] = now.found[k];
	}
	free(records);
	free(moments);
	return peaks;
}
