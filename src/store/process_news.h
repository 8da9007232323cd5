/*
 * process_news.h -- what one process knows of the store, told to the others.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * That it works again: one process tries a store that is away every second; the others wait for its
 * news, longer and longer, and need not find out each for itself.
 */
#ifndef STORE_PROCESS_NEWS_H
#define STORE_PROCESS_NEWS_H

#include <stdint.h>

struct store_news;

/* Memory to share, before the processes are forked. NULL with errno set if
 * there is none. */
struct store_news *store_news_open(void);
void store_news_close(struct store_news *);

/* It works. */
void store_news_tell(struct store_news *);

/* When that was told last (monotonic, ms); 0: never. */
int64_t store_news_ms(const struct store_news *);

/* When the store went to enforce, by its clock (mode_change.h); 0: never, or
 * nobody knows yet. */
void store_news_change(struct store_news *, int64_t changed_ms);
int64_t store_news_changed_ms(const struct store_news *);

#endif
