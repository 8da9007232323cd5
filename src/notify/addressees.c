/*
 * addressees.c -- who a row of the outbox is still to be told to, by mail.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/addressees.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The length of the line that names a digest; 0: there is none. */
static size_t
mark_length(const struct outbox_row *row)
{
	if (row->recipients[0] != ':')
		return 0;
	return strcspn(row->recipients, "\n") + 1;
}

void
addressees_open(struct addressees *to, const struct outbox_row *row,
    const struct strings *all)
{
	const char *names = row->recipients + mark_length(row);
	char *state = NULL;

	*to = (struct addressees) { .list = *all };
	if (*names == '\0')
		return;
	to->list = (struct strings) { 0, NULL };
	to->memory = mem_dup(names);
	for (char *line = strtok_r(to->memory, "\n", &state); line != NULL;
	     line = strtok_r(NULL, "\n", &state)) {
		to->list.list = mem_grow(to->list.list, to->list.count + 1,
		    sizeof(*to->list.list));
		to->list.list[to->list.count++] = line;
	}
}

void
addressees_close(struct addressees *to)
{
	if (to->memory != NULL)
		free(to->list.list);
	free(to->memory);
	*to = (struct addressees) { .memory = NULL };
}

char *
addressees_left(const struct addressees *to, const struct outbox_row *row,
    const struct delivery_report *report)
{
	char *left = NULL;

	for (size_t i = 0; i < to->list.count && i < report->count; i++) {
		char *longer;

		if (report->fates[i].result != DELIVERY_RETRY)
			continue;
		if (left == NULL)
			left = mem_dup_n(row->recipients, mark_length(row));
		longer = mem_printf("%s%s\n", left, to->list.list[i]);
		free(left);
		left = longer;
	}
	return left;
}

bool
addressees_digest(const struct outbox_row *row, struct digest *digest)
{
	return sscanf(row->recipients, ":%95s %127s %zu", digest->id,
		   digest->host, &digest->count) == 3;
}

void
addressees_put(struct outbox_row *row, const struct digest *digest)
{
	char *marked = mem_printf(":%s %s %zu\n%s", digest->id, digest->host,
	    digest->count, row->recipients + mark_length(row));

	free(row->recipients);
	row->recipients = marked;
}
