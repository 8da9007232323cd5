/*
 * shared_memory.h -- what all processes of the server share (load.shared).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ROLES_SHARED_MEMORY_H
#define ROLES_SHARED_MEMORY_H

#include "store/blocked.h"
#include "store/noted_queue.h"
#include "store/process_news.h"

#include <stdint.h>

struct crowd;
struct memory;
struct recent;

struct shared {
	struct blocked *blocked;
	struct store_news *news;
	struct noted *noted;
	int64_t started_ms;	/* wall clock; never changed */
	struct recent *recent;
	struct memory *memory;
	struct crowd *crowd;	/* who of the workers accepts */
};

#endif
