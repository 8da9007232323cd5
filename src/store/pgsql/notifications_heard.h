/*
 * notifications_heard.h -- what PostgreSQL tells of changes, in words.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "block UNTIL ACCOUNT", "unblock ACCOUNT", "overrides": notifications, and
 * rows of policyd.news for who is behind a pooler or a proxy.
 */
#ifndef STORE_PGSQL_NOTIFICATIONS_HEARD_H
#define STORE_PGSQL_NOTIFICATIONS_HEARD_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

struct listener;

/* Have a change taken; what a newer version may say is one that was missed.
 * Returns its kind, of struct store_change. */
int heard_change(const struct listener *, const char *text);

/*
 * Have the rows of policyd.news taken. *marks (the caller's, NULL at first) is
 * what they are asked with the next time, an array of PostgreSQL. Returns the
 * store's time; 0: there are no rows, and nothing is known of changes.
 */
int64_t heard_news(const struct listener *, const PGresult *, char **marks,
    bool *is_missed);

#endif
