/*
 * limit_survey.c -- whom each value of each limit would have blocked.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/limit_survey.h"

#include "base/clock.h"
#include "base/mem.h"
#include "policy/what_if_judge.h"

#include <stdlib.h>
#include <string.h>

enum {
	PAGE = 500,		/* accounts read at a time */
	KEPT_MS = 600000,
	/* Memory has its limits: the curves go on, the names do not. */
	PEAKS_MOST = 200000,
};

void
limit_survey_free(struct limit_survey *survey)
{
	if (survey == NULL)
		return;
	for (size_t i = 0; i < survey->count; i++)
		free(survey->peaks[i].account);
	free(survey->peaks);
	free(survey);
}

static void
keep(struct limit_survey *survey, const char *account,
    const struct limit_peak *peak)
{
	if (survey->count == PEAKS_MOST)
		return;
	if (survey->count == survey->room) {
		survey->room = 2 * survey->room + 64;
		survey->peaks = mem_grow(survey->peaks, survey->room,
		    sizeof(*survey->peaks));
	}
	survey->peaks[survey->count] = *peak;
	survey->peaks[survey->count++].account = mem_dup(account);
}

/* Count an account whose logins came to these peaks. */
static void
count(struct limit_survey *survey, const char *account,
    const struct settings *settings, const struct evidence *peaks)
{
	struct limit_peak peak = { .account = NULL };
	bool is_any = false;

	for (int m = 0; m < MEASURE_COUNT; m++) {
		uint32_t found = peaks->found[m];

		if (settings->origin[m] != ORIGIN_GENERAL)
			continue;
		peak.found[m] = found < UINT16_MAX ? (uint16_t)found :
						     UINT16_MAX;
		is_any = is_any || found > 0;
		for (uint32_t v = 0; v < found && v < LIMIT_SURVEY_VALUES; v++)
			survey->blocked[m][v]++;
	}
	if (is_any)
		keep(survey, account, &peak);
}

static enum store_result
look_at(struct limit_survey *survey, struct admin *admin,
    const struct past_login *logins, size_t login_count, int64_t deadline_ms)
{
	const char *account = logins->account;
	const struct settings *settings =
	    configured_find(admin->desk.overrides, account);
	struct account_record record = { .is_known = false };
	enum store_result result = STORE_DONE;
	struct evidence peaks;

	survey->accounts++;
	if (configured_is_exempt(admin->desk.overrides, account))
		return STORE_DONE;
	if (logins->has_override) {
		result = store_account(admin->desk.store, account, settings, 0,
		    &record, deadline_ms);
		settings = &record.settings;
	}
	/* Lists of what is allowed take the place of all numbers. */
	if (result == STORE_DONE && settings->only_countries.count == 0 &&
	    settings->only_networks.count == 0) {
		peaks = what_if_peaks(settings, logins, login_count);
		count(survey, account, settings, &peaks);
	}
	account_record_clear(&record);
	return result;
}

/* A page of accounts; after: the last of them, replaced. */
static enum store_result
look_at_page(struct limit_survey *survey, struct admin *admin, char **after,
    int64_t deadline_ms)
{
	struct past_login *logins;
	size_t found, end;
	enum store_result result = store_past_logins(admin->desk.store, *after,
	    PAGE, &logins, &found, deadline_ms);

	for (size_t i = 0; i < found && result == STORE_DONE; i = end) {
		end = i + 1;
		while (end < found &&
		    strcmp(logins[end].account, logins[i].account) == 0)
			end++;
		result = look_at(survey, admin, logins + i, end - i,
		    deadline_ms);
	}
	if (found > 0) {
		free(*after);
		*after = mem_dup(logins[found - 1].account);
	}
	for (size_t i = 0; i < found; i++)
		past_login_clear(&logins[i]);
	free(logins);
	return result;
}

static struct limit_survey *
make(struct admin *admin, int64_t deadline_ms)
{
	struct limit_survey *survey = mem_new(1, sizeof(*survey));
	/* Of a store that is large a part is better than nothing. */
	int64_t stop_ms = deadline_ms - ADMIN_PATIENCE_MS;
	enum store_result result = STORE_DONE;
	char *after = mem_dup("");

	while (result == STORE_DONE && clock_mono_ms() < stop_ms)
		result = look_at_page(survey, admin, &after, deadline_ms);
	free(after);
	if (result == STORE_FAILED) {
		limit_survey_free(survey);
		return NULL;
	}
	survey->is_whole = result == STORE_NONE;
	survey->made_ms = clock_wall_ms();
	survey->until_ms = clock_mono_ms() + KEPT_MS;
	return survey;
}

const struct limit_survey *
limit_survey_of(struct admin *admin, int64_t deadline_ms)
{
	if (admin->survey != NULL &&
	    clock_mono_ms() < admin->survey->until_ms)
		return admin->survey;
	limit_survey_free(admin->survey);
	admin->survey = make(admin, deadline_ms);
	return admin->survey;
}
