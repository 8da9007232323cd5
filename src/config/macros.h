/*
 * macros.h -- the ${names} that texts for users may use.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_MACROS_H
#define CONFIG_MACROS_H

#include <stddef.h>

/*
 * Check that every ${name} in a text is a known one. Return 0, or -1 with the
 * first that is not, or what is left of a text without "}", in unknown.
 */
int macros_check(const char *text, char *unknown, size_t size);

/* All of them, "${account}, ${client}, ...": for complaints. */
extern const char macros_known[];

#endif
