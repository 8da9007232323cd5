/*
 * compat_reload.h -- /reload, as geoip-policyd has it and by POST.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_COMPAT_RELOAD_H
#define ADMIN_COMPAT_RELOAD_H

struct admin;
struct exchange;

/* Read the configuration; if it is good tell the master to reload (202), else
 * say what is wrong with it (500). */
void compat_reload(struct admin *, struct exchange *);

/* GET: the same with http.compat_reload, else 405. A browser sends a GET with
 * the credentials it knows for any page that has such an image. */
void compat_reload_get(struct admin *, struct exchange *);

#endif
