/*
 * check_live.h -- do the servers answer that a configuration names?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each thing that is tried is a line: "store: ok", or what to do about it; of
 * JSON an object a line, {"tried", "ok", "text"}.
 */
#ifndef ROLES_CHECK_LIVE_H
#define ROLES_CHECK_LIVE_H

#include "command/job.h"
#include "server/serving.h"

/* The store, its schema included; each server of the directory, if there is
 * one; the mail server, up to the login. Nothing is written or sent. EX_OK,
 * or EX_UNAVAILABLE. */
int check_live_servers(const struct job *);

/* Are the addresses free? Each is opened and closed again. */
int check_live_addresses(const struct job *, const struct serving *);

#endif
