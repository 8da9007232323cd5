/*
 * http_console.h -- the role that serves the HTTP interface.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ROLES_HTTP_CONSOLE_H
#define ROLES_HTTP_CONSOLE_H

#include "server/process_seat.h"

int console_run(const struct seat *);

#endif
