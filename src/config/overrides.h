/*
 * overrides.h -- other settings for some accounts: the list `overrides`.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_OVERRIDES_H
#define CONFIG_OVERRIDES_H

#include "config/settings.h"
#include "config/tree.h"

/*
 * Read one item. Complain of what is wrong in it and return -1, or return 0.
 * It is to be cleared by override_clear in any case.
 */
int overrides_read(struct override *, const struct node *,
    struct complaints *);

/* Write it on one line as overrides_read takes it. */
void overrides_write(const struct override *, FILE *);

#endif
