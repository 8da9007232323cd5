/*
 * listen_changes.h -- hear of what others change in an SQLite file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_LISTEN_CHANGES_H
#define STORE_SQLITE_LISTEN_CHANGES_H

struct listener;
struct hearing;

/* As in side.h; self is a struct sqlite_db. */
void sqlite_hear(void *self, const struct listener *, struct hearing *);

#endif
