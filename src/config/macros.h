/*
 * macros.h -- the ${names} that texts for users may use.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_MACROS_H
#define CONFIG_MACROS_H

#include <stddef.h>

/*
 * Check that every ${name} in a text is one of those known. Return 0, or -1 with the
 * first that is not, or what is left of a text without "}", in unknown.
 */
int macros_check(const char *text, const char *known, char *unknown,
    size_t size);

/* Those of actions and of what is told of an event: "${account}, ${client},
 * ...", for macros_check and for complaints. */
extern const char macros_known[];

#endif
