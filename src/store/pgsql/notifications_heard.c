/*
 * notifications_heard.c -- what PostgreSQL tells of changes, in words.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/notifications_heard.h"

#include "base/mem.h"
#include "store/change_listening.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* "UNTIL ACCOUNT": anybody may notify, so it is not believed unseen. */
static bool
read_block(const char *text, struct store_change *change)
{
	char *end;

	errno = 0;
	change->until_ms = strtoll(text, &end, 10);
	change->account = end + 1;
	return isdigit((unsigned char)*text) && errno == 0 && *end == ' ' &&
	    end[1] != '\0';
}

int
heard_change(const struct listener *listener, const char *text)
{
	const struct store_change missed = { .kind = CHANGE_MISSED };
	struct store_change change = missed;

	if (strncmp(text, "block ", 6) == 0) {
		change.kind = CHANGE_BLOCK;
		if (!read_block(text + 6, &change))
			change = missed;
	} else if (strncmp(text, "unblock ", 8) == 0 && text[8] != '\0') {
		change.kind = CHANGE_UNBLOCK;
		change.account = text + 8;
	} else if (strcmp(text, "overrides") == 0) {
		change.kind = CHANGE_OVERRIDES;
	}
	listener->take(listener->self, &change);
	return (int)change.kind;
}

/* One more mark: nothing in it has to be escaped. */
static void
add_mark(char **marks, const char *mark)
{
	char *longer = *marks == NULL ? mem_printf("{\"%s\"}", mark) :
	    mem_printf("%.*s,\"%s\"}", (int)strlen(*marks) - 1, *marks, mark);

	free(*marks);
	*marks = longer;
}

int64_t
heard_news(const struct listener *listener, const PGresult *rows,
    char **marks, bool *is_missed)
{
	enum { MARK, NOW, CHANGE };
	const char *last = "";
	int count = PQntuples(rows);

	*is_missed = false;
	if (count == 0)
		return 0;
	free(*marks);
	*marks = NULL;
	/* A database's rows follow each other. */
	for (int i = 0; i < count; i++) {
		const char *mark = PQgetvalue(rows, i, MARK);

		if (strcmp(mark, last) != 0)
			add_mark(marks, mark);
		last = mark;
		if (!PQgetisnull(rows, i, CHANGE))
			*is_missed |= heard_change(listener,
			    PQgetvalue(rows, i, CHANGE)) == CHANGE_MISSED;
	}
	return strtoll(PQgetvalue(rows, 0, NOW), NULL, 10);
}
