/*
 * detect.c -- is an account used in a way that is not its owner's?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/detect.h"

#include "store/place_name.h"

#include <math.h>
#include <string.h>

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

enum {
	HOUR_S = 3600,
	DAY_S = 24 * HOUR_S,
	WEEK_S = 7 * DAY_S,
	DEFERRAL_DAYS = 7,
	PATIENCE_S = HOUR_S / 12 * RATE_SUMS,
};

bool
detect_is_settled(const struct history *history, const uint32_t *allowed)
{
	return history_past_days(history->active) >=
	    allowed[RULE_SETTLED_AFTER];
}

bool
detect_is_known(const struct days_table *table, uint64_t name,
    const uint32_t *allowed)
{
	return history_past_days(history_days(table, name)) >=
	    allowed[RULE_KNOWN_AFTER];
}

bool
detect_is_recent(const struct history *history, uint64_t place,
    const uint32_t *allowed)
{
	uint64_t old = ~UINT64_C(0) << allowed[RULE_YOUNG_DAYS] &
	    ((UINT64_C(1) << (HISTORY_DAYS + 1)) - 1);

	return (history_days(&history->places, place) & old) == 0 &&
	    (history->active & old) != 0;
}

enum trust
detect_trust(const struct login *login, const struct settings *settings)
{
	return settings->only_countries.count > 0 ||
		settings->only_networks.count > 0 ? TRUST_EXEMPT :
						    login->trust;
}

void
detect_date(const struct history *history, struct attempt *attempt,
    int64_t came_ms)
{
	attempt->days_ago = history->day - came_ms / DAY_MS;
	if (attempt->days_ago < 0)
		attempt->days_ago = 0;
}

/* A known place, but the /16 is not, or all its days are of late. */
static bool
is_young(const struct history *history, const struct attempt *attempt,
    const uint32_t *allowed)
{
	if (allowed[RULE_YOUNG_AROUND] &&
	    detect_is_settled(history, allowed) &&
	    !detect_is_known(&history->arounds, attempt->around, allowed))
		return true;
	return detect_is_recent(history, attempt->place, allowed);
}

void
detect_look(const struct history *history, const struct login *login,
    const uint32_t *allowed, struct attempt *attempt)
{
	attempt->place = place_name(&login->client, login->asn);
	attempt->around = place_name_around(&login->client);
	attempt->country = place_name_country(login->country);
	attempt->is_again = false;
	attempt->days_ago = 0;
	attempt->trust = attempt->place != 0 ? login->trust : TRUST_EXEMPT;
	attempt->is_new = attempt->trust == TRUST_COUNTED &&
	    !detect_is_known(&history->places, attempt->place, allowed);
	attempt->is_young = attempt->trust == TRUST_COUNTED &&
	    !attempt->is_new && is_young(history, attempt, allowed);
}

void
detect_begin(struct history *history, const struct login *login,
    const uint32_t *allowed, bool is_again, int64_t now_ms,
    struct attempt *attempt)
{
	history_turn(history, now_ms, allowed[RULE_DECAY]);
	detect_look(history, login, allowed, attempt);
	attempt->is_again = is_again;
	for (int i = 0; i < SPANS && !is_again; i++) {
		if (i != SPAN_WEEK)
			history_count(&history->rings[i], MAIL_ALL);
		if (attempt->is_young)
			history_count(&history->rings[i], MAIL_YOUNG);
	}
	if (!attempt->is_new)
		return;
	history_see(&history->new_places, attempt->place, now_ms);
	if (attempt->country != 0 &&
	    !detect_is_known(&history->countries, attempt->country, allowed))
		history_see(&history->new_countries, attempt->country,
		    now_ms);
}

/* --- the rules ------------------------------------------------------------- */

static bool
is_over(uint32_t found, uint32_t limit)
{
	return limit != UNLIMITED && found > limit;
}

static struct suspicion
block(enum cause cause, uint32_t found, uint32_t limit, uint32_t per_s)
{
	return (struct suspicion){ cause, found, limit, per_s, false };
}

static const struct suspicion nothing = { CAUSE_NONE, 0, 0, 0, false };

/* Rules 1 and 2: how many countries and places are new? */
static struct suspicion
judge_places(const struct history *history, const uint32_t *allowed,
    int64_t now_ms)
{
	uint32_t hour, day;

	day = history_seen(&history->new_countries, now_ms - DAY_MS);
	if (is_over(day, allowed[RULE_NEW_COUNTRIES_DAY]))
		return block(CAUSE_NEW_COUNTRIES, day,
		    allowed[RULE_NEW_COUNTRIES_DAY], DAY_S);
	if (!detect_is_settled(history, allowed))
		return nothing;
	hour = history_seen(&history->new_places, now_ms - HOUR_MS);
	if (is_over(hour, allowed[RULE_NEW_PLACES_HOUR]))
		return block(CAUSE_NEW_PLACES_HOUR, hour,
		    allowed[RULE_NEW_PLACES_HOUR], HOUR_S);
	day = history_seen(&history->new_places, now_ms - DAY_MS);
	if (is_over(day, allowed[RULE_NEW_PLACES_DAY]))
		return block(CAUSE_NEW_PLACES_DAY, day,
		    allowed[RULE_NEW_PLACES_DAY], DAY_S);
	return nothing;
}

/* What a limit allows beside so many times the peak; it may be UNLIMITED. */
static uint32_t
more_of(uint32_t limit, double peak)
{
	if (limit == UNLIMITED || peak <= limit)
		return limit;
	return peak < UNLIMITED - 1 ? (uint32_t)peak : UNLIMITED - 1;
}

uint32_t
detect_allowed(const struct history *history, enum mail_kind kind,
    enum span span, const uint32_t *allowed)
{
	static const enum rule rules_of[][SPAN_WEEK] = {
		{ RULE_BURST_HOUR, RULE_BURST_DAY },
		{ RULE_YOUNG_HOUR, RULE_YOUNG_DAY },
		{ RULE_QUOTA_HOUR, RULE_QUOTA_DAY },
		{ RULE_BEGINNER_HOUR, RULE_BEGINNER_DAY },
	};
	static const enum rule factors[SPAN_WEEK] = { RULE_BURST_HOUR_FACTOR,
		RULE_BURST_DAY_FACTOR };
	double peak = history->peaks[span];

	if (span == SPAN_WEEK)
		return kind != MAIL_YOUNG ? UNLIMITED :
					    more_of(allowed[RULE_YOUNG_WEEK],
			allowed[RULE_YOUNG_FACTOR] / 1000.0 * peak);
	if (kind == MAIL_NEW)
		/* A peak that is no whole number allows the mail begun. */
		return more_of(allowed[rules_of[2 + !detect_is_settled(history,
		    allowed)][span]], ceil(peak));
	return more_of(allowed[rules_of[kind == MAIL_YOUNG][span]],
	    allowed[factors[span]] / 1000.0 * peak);
}

static const uint32_t spans_s[SPANS] = { HOUR_S, DAY_S, WEEK_S };

/* Rule 3: more mails than ever? */
static struct suspicion
judge_bursts(const struct history *history, enum mail_kind kind,
    const uint32_t *allowed)
{
	static const enum cause causes[2][SPAN_WEEK] = {
		{ CAUSE_BURST_HOUR, CAUSE_BURST_DAY },
		{ CAUSE_YOUNG_HOUR, CAUSE_YOUNG_DAY },
	};

	for (int i = 0; i < SPAN_WEEK; i++) {
		uint32_t mails = history_sum(&history->rings[i], kind);
		uint32_t limit = detect_allowed(history, kind, (enum span)i,
		    allowed);

		if (is_over(mails, limit))
			return block(causes[kind == MAIL_YOUNG][i], mails,
			    limit, spans_s[i]);
	}
	return nothing;
}

/* Rule 3 for 7 days, in which a thief who sends little at a time is seen: what
 * is new counts as soon as it passed, so this mail is not among them. */
static struct suspicion
judge_week(const struct history *history, const struct attempt *attempt,
    const uint32_t *allowed)
{
	uint32_t mails, limit;

	if (!attempt->is_young &&
	    !(attempt->is_new && detect_is_settled(history, allowed)))
		return nothing;
	mails = history_sum(&history->rings[SPAN_WEEK], MAIL_YOUNG) +
	    attempt->is_new;
	limit = detect_allowed(history, MAIL_YOUNG, SPAN_WEEK, allowed);
	return is_over(mails, limit) ?
	    block(CAUSE_YOUNG_WEEK, mails, limit, WEEK_S) :
	    nothing;
}

/* Rule 5: may one more mail come from a new place? */
static struct suspicion
judge_quota(const struct history *history, const uint32_t *allowed)
{
	static const enum cause causes[SPAN_WEEK] = { CAUSE_QUOTA_HOUR,
		CAUSE_QUOTA_DAY };

	for (int i = 0; i < SPAN_WEEK; i++) {
		uint32_t mails =
		    history_sum(&history->rings[i], MAIL_NEW) + 1;
		uint32_t limit = detect_allowed(history, MAIL_NEW,
		    (enum span)i, allowed);

		if (is_over(mails, limit))
			return (struct suspicion){ causes[i], mails, limit,
				spans_s[i], true };
	}
	return nothing;
}

/* Sub-buckets with a deferral. */
static uint32_t
deferred_spans(const struct mail_ring *ring)
{
	uint32_t spans = 0;

	for (int i = 0; i < RATE_SUMS; i++)
		spans += ring->sums[MAIL_DEFERRED][i] != 0;
	return spans;
}

/* Rule 4: note a deferral; has the account been deferred too often? */
static struct suspicion
judge_deferral(struct history *history, const struct attempt *attempt,
    const uint32_t *allowed, struct suspicion deferral)
{
	struct mail_ring *ring = &history->rings[SPAN_HOUR];
	uint32_t days, spans, tries;

	history_bar(&history->places, attempt->place);
	history_mark(&history->deferred, 0);
	if (!attempt->is_again || ring->sums[MAIL_DEFERRED][0] == 0)
		history_count(ring, MAIL_DEFERRED);
	days = (uint32_t)__builtin_popcountll(history->deferred &
	    ((1 << DEFERRAL_DAYS) - 1));
	if (allowed[RULE_DEFERRALS] != UNLIMITED &&
	    days >= allowed[RULE_DEFERRALS])
		return block(CAUSE_DEFERRALS, days,
		    allowed[RULE_DEFERRALS] - 1, DEFERRAL_DAYS * DAY_S);
	spans = deferred_spans(ring);
	if (is_over(spans, allowed[RULE_PATIENCE]))
		return block(CAUSE_PATIENCE, spans, allowed[RULE_PATIENCE],
		    PATIENCE_S);
	tries = history_sum(ring, MAIL_DEFERRED);
	if (is_over(tries, allowed[RULE_TRIES]))
		return block(CAUSE_TRIES, tries, allowed[RULE_TRIES],
		    PATIENCE_S);
	return deferral;
}

struct suspicion
detect_judge(struct history *history, const struct attempt *attempt,
    const uint32_t *allowed, bool is_warm, int64_t now_ms)
{
	struct suspicion found = judge_places(history, allowed, now_ms);

	if (found.cause != CAUSE_NONE || !is_warm)
		return found;
	found = judge_bursts(history, MAIL_ALL, allowed);
	if (found.cause == CAUSE_NONE && attempt->is_young)
		found = judge_bursts(history, MAIL_YOUNG, allowed);
	if (found.cause == CAUSE_NONE)
		found = judge_week(history, attempt, allowed);
	if (found.cause != CAUSE_NONE || !attempt->is_new)
		return found;
	found = judge_quota(history, allowed);
	if (found.is_deferral)
		found = judge_deferral(history, attempt, allowed, found);
	return found;
}

/* --- what follows ---------------------------------------------------------- */

void
detect_passed(struct history *history, const struct attempt *attempt,
    const uint32_t *allowed)
{
	bool is_usual = !attempt->is_new ||
	    !detect_is_settled(history, allowed);
	unsigned days_ago;

	for (int i = 0; i < SPANS; i++) {
		struct mail_ring *ring = &history->rings[i];

		if (attempt->is_new && i != SPAN_WEEK)
			history_count(ring, MAIL_NEW);
		/* What a young place sends in a week is held against what
		 * others did: it must not raise that. */
		if (is_usual && !(i == SPAN_WEEK && attempt->is_young)) {
			uint32_t sum;

			history_count(ring, MAIL_USUAL);
			sum = history_sum(ring, MAIL_USUAL);
			if (history->tops[i] < sum)
				history->tops[i] = sum;
		}
	}
	if (!is_usual)
		history_count(&history->rings[SPAN_WEEK], MAIL_YOUNG);
	if (attempt->days_ago > HISTORY_DAYS)
		return;
	days_ago = (unsigned)attempt->days_ago;
	history_mark(&history->active, days_ago);
	if (attempt->trust != TRUST_COUNTED)
		return;
	history_learn(&history->places, attempt->place, days_ago);
	history_learn(&history->arounds, attempt->around, days_ago);
	if (attempt->country != 0)
		history_learn(&history->countries, attempt->country, days_ago);
}

bool
detect_is_taught(const struct history *history, const struct attempt *attempt)
{
	if (attempt->trust != TRUST_COUNTED)
		return true;
	return !attempt->is_new &&
	    (history_days(&history->places, attempt->place) & 1) != 0;
}

void
detect_blocked(struct history *history, const uint32_t *allowed,
    int64_t now_ms)
{
	int64_t today = now_ms / DAY_MS;

	/* What turns no day asked nothing today. A clock that went back may
	 * have left the day ahead of the times that were seen. */
	if (today > history->day)
		return;
	for (size_t i = 0; i < history->new_places.count; i++) {
		const struct sighting *seen = &history->new_places.list[i];

		if (seen->last_ms >= today * DAY_MS &&
		    !detect_is_known(&history->places, seen->name, allowed))
			history_bar(&history->places, seen->name);
	}
}

unsigned
detect_accept(struct history *history, const uint32_t *allowed,
    int64_t now_ms)
{
	unsigned count = 0;

	history_turn(history, now_ms, allowed[RULE_DECAY]);
	for (size_t i = 0; i < history->new_places.count; i++) {
		const struct sighting *seen = &history->new_places.list[i];

		count += seen->last_ms > now_ms - DAY_MS &&
		    !detect_is_known(&history->places, seen->name, allowed);
	}
	history_accept(history, allowed[RULE_KNOWN_AFTER], now_ms);
	history_afresh(history);
	return count;
}
