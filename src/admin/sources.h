/*
 * sources.h -- how often who asks from where gave wrong credentials. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A source is an IPv4 address, the /64 of an IPv6 address, or all that comes
 * by Unix sockets. It may be wrong SOURCES_BURST times at once and once every
 * SOURCES_EVERY_MS for ever; beyond that nothing of it is worth checking.
 */
#ifndef ADMIN_SOURCES_H
#define ADMIN_SOURCES_H

#include "base/addr.h"

#include <stdint.h>

enum { SOURCES_BURST = 10, SOURCES_EVERY_MS = 6000, SOURCES_MAX = 256 };

struct sources;

struct sources *sources_new(void);
void sources_free(struct sources *);

/* The source of an address in text, "unix" for what is none. */
const char *sources_name(const char *address, char source[ADDR_TEXT_SIZE]);

/* In how many milliseconds may it try again? 0: now. */
int64_t sources_wait_ms(const struct sources *, const char *source,
    int64_t now_ms);

/* It was wrong. Of more than SOURCES_MAX sources those are forgotten that
 * could go on soonest. */
void sources_failed(struct sources *, const char *source, int64_t now_ms);

#endif
