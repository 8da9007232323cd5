/*
 * listen_changes.h -- hear of what others change in PostgreSQL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_PGSQL_LISTEN_CHANGES_H
#define STORE_PGSQL_LISTEN_CHANGES_H

struct listener;
struct hearing;
struct pgsql_ear;

/* As in side.h; self is a struct store_pgsql. */
void pgsql_hear(void *self, const struct listener *, struct hearing *);

void pgsql_ear_free(struct pgsql_ear *);

#endif
