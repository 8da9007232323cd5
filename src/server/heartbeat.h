/*
 * heartbeat.h -- signs of life of the processes, in memory that all share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The master makes the memory before it forks. A process that goes round its
 * loop beats; that it does not any more is seen by the master alone.
 */
#ifndef SERVER_HEARTBEAT_H
#define SERVER_HEARTBEAT_H

#include <stdint.h>

struct heartbeat;

/* One for each of so many processes. NULL with errno set: no memory. */
struct heartbeat *heartbeat_open(unsigned count);
void heartbeat_close(struct heartbeat *, unsigned count);

struct heartbeat *heartbeat_of(struct heartbeat *, unsigned number);

void heartbeat_beat(struct heartbeat *);
uint64_t heartbeat_count(const struct heartbeat *);

#endif
