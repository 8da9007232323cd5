/*
 * command_line.h -- the command line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ROLES_COMMAND_LINE_H
#define ROLES_COMMAND_LINE_H

#include "roles/mode_table.h"

/*
 * Read it into the command, which points into it. Return 0, or the exit
 * status after saying on standard error what is wrong. --help and --version
 * are printed, and end the program.
 */
int command_line_read(struct command *, int argc, char **argv);

#endif
