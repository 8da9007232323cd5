/*
 * news.h -- that the store works again, told from process to process.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One process tries a store that is away every second; the others wait for its
 * news, longer and longer, and need not find out each for itself.
 */
#ifndef STORE_NEWS_H
#define STORE_NEWS_H

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

#endif
