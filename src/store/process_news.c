/*
 * process_news.c -- what one process knows of the store, told to the others.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "store/process_news.h"

#include "base/clock.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

struct store_news {
	_Atomic int64_t told_ms, changed_ms;
};

struct store_news *
store_news_open(void)
{
	void *memory = mmap(NULL, sizeof(struct store_news),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void
store_news_close(struct store_news *news)
{
	if (news != NULL)
		munmap(news, sizeof(*news));
}

void
store_news_tell(struct store_news *news)
{
	atomic_store(&news->told_ms, clock_mono_ms());
}

int64_t
store_news_ms(const struct store_news *news)
{
	return atomic_load(&news->told_ms);
}

void
store_news_change(struct store_news *news, int64_t changed_ms)
{
	atomic_store(&news->changed_ms, changed_ms);
}

int64_t
store_news_changed_ms(const struct store_news *news)
{
	return atomic_load(&news->changed_ms);
}
