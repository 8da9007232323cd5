/*
 * test_event.c -- a block or its end, as it is told.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/event.h"
#include "unit.h"

#include <string.h>

/* Names and reasons of all kinds come from elsewhere; a line is one line. */
START_TEST(a_digest_has_a_line_for_each)
{
	char kind[] = "block", account[] = "joe",
	     text[] = "{\"account\": \"joe\\n  2026-01-01 unblocked ann\", "
		      "\"at\": 1767225600000, \"cause\": 8, "
		      "\"note\": \"a\\r\\nb\"}";
	struct outbox_row row = { .kind = kind, .account = account,
		.event = text };
	struct event event;
	char *line;

	ck_assert_int_eq(event_open(&event, &row), 0);
	line = event_line(&event);
	ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
	ck_assert_ptr_null(strchr(line, '\r'));
	ck_assert_ptr_nonnull(strstr(line, "2026-01-01T00:00:00Z  blocked"));
	ck_assert_ptr_nonnull(strstr(line, "joe"));
	free(line);
	event_close(&event);
}
END_TEST

UNIT("notify/event", a_digest_has_a_line_for_each)
