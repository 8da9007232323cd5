/*
 * handler_crew.c -- whoever does what the routes are for, beside the loop.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/handler_crew.h"

#include "admin/limit_survey.h"
#include "base/mem.h"
#include "server/work_thread.h"

#include <stdlib.h>
#include <unistd.h>

enum { STOP_MS = 500 };

struct crew {
	struct store_news *news;
	struct admin admins[LANES];
	struct work_thread *threads[LANES];
};

/* Jobs that may wait: few that take long, each with its body in memory. */
static const unsigned waiting_max[LANES] = { 64, 4 };

static int
tend(void *admin)
{
	return store_tend(((struct admin *)admin)->desk.store);
}

static void
drop(void *job)
{
	(void)job; /* the caller's */
}

static int
open_lane(struct crew *crew, enum lane lane, const struct config *config,
    const struct geo_paths *geoip, void (*work)(void *, void *),
    int64_t init_ms)
{
	struct admin *admin = &crew->admins[lane];
	struct thread_work thread = { admin, work, tend };

	admin->config = config;
	admin->master = getppid();
	if (desk_open(&admin->desk, config, geoip) != 0)
		return -1;
	store_join(admin->desk.store, crew->news, false);
	/* If the store is away, the housekeeper sees to its schema later. */
	store_init(admin->desk.store,
	    config->store.create && lane == LANE_DESK, init_ms);
	crew->threads[lane] = work_thread_start(&thread);
	return crew->threads[lane] != NULL ? 0 : -1;
}

struct crew *
crew_start(const struct config *config, const struct geo_paths *geoip,
    struct store_news *news, void (*work)(void *, void *), int64_t init_ms)
{
	struct crew *crew = mem_new(1, sizeof(*crew));

	crew->news = news;
	for (int lane = 0; lane < LANES; lane++)
		if (open_lane(crew, (enum lane)lane, config, geoip, work,
			init_ms) != 0) {
			crew_stop(crew);
			return NULL;
		}
	return crew;
}

bool
crew_stop(struct crew *crew)
{
	if (crew == NULL)
		return true;
	for (int lane = 0; lane < LANES; lane++)
		if (!work_thread_stop(crew->threads[lane], STOP_MS, drop))
			return false;
	for (int lane = 0; lane < LANES; lane++)
		if (crew->admins[lane].config != NULL) {
			limit_survey_free(crew->admins[lane].survey);
			desk_close(&crew->admins[lane].desk);
		}
	free(crew);
	return true;
}

int
crew_fd(const struct crew *crew, enum lane lane)
{
	return work_thread_fd(crew->threads[lane]);
}

bool
crew_ask(struct crew *crew, enum lane lane, void *job, bool is_urgent)
{
	struct work_thread *thread = crew->threads[lane];

	if (!is_urgent && work_thread_count(thread) >= waiting_max[lane])
		return false;
	work_thread_give(thread, job, is_urgent ? 0 : 1);
	return true;
}

void *
crew_take(struct crew *crew)
{
	void *job = NULL;

	for (int lane = 0; lane < LANES && job == NULL; lane++)
		job = work_thread_take(crew->threads[lane]);
	return job;
}
