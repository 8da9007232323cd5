/*
 * german_reasons.h -- the reasons of blocks in German.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_GERMAN_REASONS_H
#define POLICY_GERMAN_REASONS_H

#include "store/finding.h"

#include <stddef.h>

/*
 * Write why, in words of ASCII: "4 Staaten innerhalb von 24h, erlaubt: 3".
 * is_more: what was found may be more. False: there are no words for it.
 */
bool german_reason(const struct finding *, bool is_more, char *text,
    size_t size);

#endif
