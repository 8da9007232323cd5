/*
 * config_changes.h -- a configuration with other values, for --what-if.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef COMMAND_CONFIG_CHANGES_H
#define COMMAND_CONFIG_CHANGES_H

#include "command/job.h"

#include <stddef.h>

/* Does an argument say KEY=VALUE, of a key there is? */
bool changes_has_key(const char *argument);

/*
 * Read the configuration of the job once more with "KEY=VALUE" laid over,
 * keys that begin with `section` alone ("limits.", or "": any that has one
 * value). On failure say why, and return NULL with the exit status.
 */
struct config *changes_load(const struct job *, const char *section,
    char *const *changes, size_t count, int *status);

#endif
