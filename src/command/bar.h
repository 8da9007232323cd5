/*
 * bar.h -- a share, drawn.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef COMMAND_BAR_H
#define COMMAND_BAR_H

#include "command/terminal.h"

#include <stdint.h>

enum { BAR_CELLS = 20, BAR_SIZE = 3 * BAR_CELLS + 4 };

/* A bar of `cells` characters at most (BAR_CELLS is the limit), for the part
 * that value is of whole: in eighths of a character with UTF-8, else of "#".
 * What is not nothing is seen. Return text. */
const char *bar_draw(const struct terminal *, uint64_t value, uint64_t whole,
    size_t cells, char text[BAR_SIZE]);

#endif
