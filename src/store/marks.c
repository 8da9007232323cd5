/*
 * marks.c -- what tells whether a save was done whose answer was lost.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What all marks begin with, 16 bits; the process, 24; the count, 23; and 0.
 */
#include "store/marks.h"

#include "base/siphash.h"

#include <string.h>

enum { PROCESS_AT = 24, COUNT_AT = 1, MARK_AT = 48 };

#define MARK UINT64_C(0x6d61)
#define PROCESS_BITS UINT64_C(0xffffff)
#define COUNT_BITS UINT64_C(0x7fffff)

void
marks_init(struct marks *marks)
{
	struct siphash_key key;

	siphash_key_make(&key);
	memset(marks, 0, sizeof(*marks));
	marks->process = siphash(&key, "", 0) & PROCESS_BITS;
}

bool
marks_is_one(int64_t number)
{
	return (uint64_t)number >> MARK_AT == MARK;
}

int64_t
marks_next(struct marks *marks)
{
	return (int64_t)(MARK << MARK_AT | marks->process << PROCESS_AT |
	    (++marks->count & COUNT_BITS) << COUNT_AT);
}

void
marks_doubt(struct marks *marks, int64_t mark)
{
	marks->doubted[marks->doubted_count++ % DOUBTED_MAX] = mark;
}

static bool
is_doubted(const struct marks *marks, int64_t mark)
{
	for (size_t i = 0; i < marks->doubted_count && i < DOUBTED_MAX; i++)
		if (marks->doubted[i] == mark)
			return true;
	return false;
}

bool
marks_is_settled(const struct marks *marks, int64_t mark)
{
	return marks_is_one(mark) &&
	    ((uint64_t)mark >> PROCESS_AT & PROCESS_BITS) == marks->process &&
	    !is_doubted(marks, mark);
}
