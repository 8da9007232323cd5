/*
 * compat_reload.h -- GET /reload, as geoip-policyd has it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_COMPAT_RELOAD_H
#define ADMIN_COMPAT_RELOAD_H

struct admin;
struct exchange;

/* Read the configuration; if it is good tell the master to reload (202), else
 * say what is wrong with it (500). */
void compat_reload(struct admin *, struct exchange *);

#endif
