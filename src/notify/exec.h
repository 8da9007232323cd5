/*
 * exec.h -- run the administrator's program with an event (notify.exec).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It is run as run_program.h says.
 */
#ifndef NOTIFY_EXEC_H
#define NOTIFY_EXEC_H

#include "base/strings.h"
#include "mail/delivery.h"

#include <stdint.h>

/*
 * Run command (absolute path and arguments) with input on its standard input,
 * which it need not read. What it prints goes to the log, 4096 bytes at most.
 * After timeout_ms it is killed. When it ends, however it ends, what is left
 * of its process group is killed too. The process must ignore SIGPIPE and
 * not wait for all children elsewhere.
 *
 * DELIVERY_DONE: exit status 0. DELIVERY_REFUSED: any other. DELIVERY_RETRY:
 * EX_TEMPFAIL (75) of sysexits.h, ended by a signal or by the time-out, or it
 * could not be started; is_down: one of the last two. text says which, for the
 * log.
 */
void exec_run(const struct strings *command, const char *input,
    uint32_t timeout_ms, struct fate *);

#endif
