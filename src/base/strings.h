/*
 * strings.h -- a list of texts.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BASE_STRINGS_H
#define BASE_STRINGS_H

#include <stddef.h>

struct strings {
	size_t count;
	char **list;
};

#endif
