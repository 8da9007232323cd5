/*
 * event.h -- a block or its end, as it is told.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NOTIFY_EVENT_H
#define NOTIFY_EVENT_H

#include "config/language.h"
#include "mail/template.h"
#include "store/outbox.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { EVENT_VALUES_MAX = 32 };

struct event {
	bool is_block;		/* else the end of one */
	json_t *json;		/* as the outbox has it */
	struct standing standing;	/* likewise; older rows have none */
	/* Values for templates; they live as long as the event. */
	struct template_value values[EVENT_VALUES_MAX];
	size_t value_count;
	char *owned[EVENT_VALUES_MAX];
	size_t owned_count;
};

/* Read the event of a row. Return 0, or -1 if it is no event. */
int event_open(struct event *, const struct outbox_row *);
void event_close(struct event *);

/*
 * Its values in another language, of which it has value_count; they live as
 * long as the event and the words, which are to be cleared.
 */
struct event_words {
	struct template_value values[EVENT_VALUES_MAX];
	char *reason, *until, *login, *logins;
};
const struct template_value *event_translate(const struct event *,
    enum language, struct event_words *);
void event_words_clear(struct event_words *);

/* The server that it happened on, or this one if that is not known. */
const char *event_server(const struct event *);

/* A text, or number, that the row's event has; "" or 0 if it has none. */
const char *event_string(const struct event *, const char *key);
int64_t event_number(const struct event *, const char *key);

/* Why it happened, in words. The caller's. */
char *event_reason(const struct event *);

/* "evt_" and 32 hexadecimal digits, NUL */
enum { EVENT_ID = 4 + 32 + 1 };

/*
 * The event for programs (notify.exec, notify.webhook): one JSON object with
 * id, event, account, server, time, reason, cause, found, limit, window, peak,
 * client, country, how many there were of each row of
 * config/limit_measures.def, began, until, refused, login, history, logins;
 * times are RFC 3339, null for none. The id, which is written to id too, is the
 * same for all ways and all tries. The caller frees it.
 */
char *event_export(const struct event *, char id[EVENT_ID]);

/* One line for a digest, with its end: time, what, account, reason. The caller
 * frees it. */
char *event_line(const struct event *);

#endif
