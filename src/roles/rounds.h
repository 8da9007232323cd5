/*
 * rounds.h -- the requests that wait, decided and answered together.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ROLES_ROUNDS_H
#define ROLES_ROUNDS_H

#include "roles/clients.h"
#include "roles/store_asker.h"

struct rounds;

/* The desk's decisions are answered to these clients from now on. */
struct rounds *rounds_new(struct desk *, struct clients *, struct asker *);
void rounds_free(struct rounds *);

/* The asker has a descriptor that is readable: what it asked is answered. */
void rounds_take(struct rounds *);

/* Stop the asker, and answer what it had asked; false as asker_stop. */
bool rounds_end(struct rounds *);

/* Nothing was done for a while: what is read next has not waited. */
void rounds_rested(struct rounds *);

/*
 * How long to wait until more is read, and then to ask again; 0: the next round
 * is to begin. Who was in the last one mostly asks again soon after: if the next
 * one began with the first of them, the others would wait for its end. Few are
 * not waited for.
 */
unsigned rounds_pause_us(const struct rounds *);

/*
 * Take the requests that wait, answer those that need not ask the store, and
 * have it asked about the others. Nobody is waited for after stop_ms (0: there
 * is no such time).
 */
void rounds_play(struct rounds *, int64_t stop_ms);

#endif
