/*
 * pulse.h -- signs of life of the processes, in memory that all share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The master makes the memory before it forks. A process that goes round its
 * loop beats; that it does not any more is seen by the master alone.
 */
#ifndef SERVER_PULSE_H
#define SERVER_PULSE_H

#include <stdint.h>

struct pulse;

/* One for each of so many processes. NULL with errno set: no memory. */
struct pulse *pulse_open(unsigned count);
void pulse_close(struct pulse *, unsigned count);

struct pulse *pulse_of(struct pulse *, unsigned number);

void pulse_beat(struct pulse *);
uint64_t pulse_count(const struct pulse *);

#endif
