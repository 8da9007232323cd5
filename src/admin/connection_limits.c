/*
 * connection_limits.c -- how many connections, whose, and for how long.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/connection_limits.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	/* When all leave: a connection may just have been made, and its
	 * request be on its way. */
	GRACE_MS = 1000,
};

/* How long each stage may last. What drips is over all the same. */
static const int64_t patience_ms[] = {
	[VISIT_FRESH] = 5000,
	[VISIT_IDLE] = 15000,
	[VISIT_HEADERS] = 5000,
	[VISIT_CALL] = 40000,
};

static bool
is_of(const struct visit *visit, const char *source)
{
	return source == NULL || strcmp(visit->source, source) == 0;
}

/* How many count, of a source or (NULL) of all. */
static unsigned
count(const struct visits *visits, const char *source)
{
	unsigned found = 0;

	for (const struct visit *visit = visits->first; visit != NULL;
	     visit = visit->next)
		found += !visit->is_cut && !visit->is_spare &&
		    is_of(visit, source);
	return found;
}

static unsigned
count_waiting(const struct visits *visits, const char *source)
{
	unsigned found = 0;

	for (const struct visit *visit = visits->first; visit != NULL;
	     visit = visit->next)
		found += !visit->is_cut && !visit->is_spare &&
		    visit->stage != VISIT_CALL && is_of(visit, source);
	return found;
}

static void
cut(struct visit *visit)
{
	visit->is_cut = true;
	shutdown(visit->fd, SHUT_RDWR);
}

/* Cut off the one that has waited longest, of a source or of all; a spare one
 * only for another such. Was there one? */
static bool
cut_waiting(struct visits *visits, const char *source, bool is_spare)
{
	struct visit *oldest = NULL;

	for (struct visit *visit = visits->first; visit != NULL;
	     visit = visit->next)
		if (!visit->is_cut && visit->stage != VISIT_CALL &&
		    visit->is_spare == is_spare && is_of(visit, source) &&
		    (oldest == NULL || visit->since_ms <= oldest->since_ms))
			oldest = visit;
	if (oldest != NULL)
		cut(oldest);
	return oldest != NULL;
}

/* The source that has the most connections that wait, or NULL. */
static const char *
greediest(const struct visits *visits)
{
	const char *source = NULL;
	unsigned most = 0;

	for (const struct visit *visit = visits->first; visit != NULL;
	     visit = visit->next) {
		unsigned found = count_waiting(visits, visit->source);

		if (found > most) {
			most = found;
			source = visit->source;
		}
	}
	return source;
}

static bool
make_room(struct visits *visits, const char *source)
{
	if (count(visits, source) >= VISITS_OF_ONE)
		return cut_waiting(visits, source, false);
	if (count(visits, NULL) >= VISITS_MAX)
		return cut_waiting(visits, greediest(visits), false);
	return true;
}

static void
make_spare(struct visits *visits, struct visit *visit)
{
	unsigned spare = 0;

	for (const struct visit *other = visits->first; other != NULL;
	     other = other->next)
		spare += other->is_spare && !other->is_cut;
	visit->is_spare = true;
	if (spare >= VISITS_SPARE && !cut_waiting(visits, NULL, true))
		cut(visit);
}

struct visit *
visits_add(struct visits *visits, int fd, const char *source, int64_t now_ms)
{
	struct visit *visit = mem_new(1, sizeof(*visit));

	visit->fd = fd;
	snprintf(visit->source, sizeof(visit->source), "%s", source);
	visit->stage = VISIT_FRESH;
	visit->since_ms = now_ms;
	if (!make_room(visits, source))
		make_spare(visits, visit);
	visit->next = visits->first;
	visit->self = &visits->first;
	if (visit->next != NULL)
		visit->next->self = &visit->next;
	visits->first = visit;
	return visit;
}

void
visits_remove(struct visit *visit)
{
	*visit->self = visit->next;
	if (visit->next != NULL)
		visit->next->self = visit->self;
	free(visit);
}

void
visit_enter(struct visit *visit, enum visit_stage stage, int64_t now_ms)
{
	if (visit == NULL)
		return;
	/* One patience for the first request, from its connection on. */
	if (visit->stage != VISIT_FRESH || stage != VISIT_HEADERS)
		visit->since_ms = now_ms;
	visit->stage = stage;
}

void
visits_sweep(struct visits *visits, bool is_leaving, int64_t now_ms)
{
	for (struct visit *visit = visits->first; visit != NULL;
	     visit = visit->next) {
		int64_t most_ms = patience_ms[visit->stage];

		if (is_leaving && visit->stage != VISIT_CALL)
			most_ms = GRACE_MS;
		if (!visit->is_cut && now_ms >= visit->since_ms + most_ms)
			cut(visit);
	}
}
