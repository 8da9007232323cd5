/*
 * compat_settings.h -- geoip-policyd's custom settings.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_COMPAT_SETTINGS_H
#define ADMIN_COMPAT_SETTINGS_H

struct admin;
struct exchange;

/*
 * Entries are {"comment", "sender", "ips", "countries", "trusted_ips",
 * "trusted_countries", "home_countries": {"codes", "ips", "countries"}}; 0 or
 * absent means the general value. They are overrides of the store: ips and
 * countries are its networks and countries, trusted its only_ lists.
 */

/* GET /custom-settings: all of them, in their order. */
void compat_settings_list(struct admin *, struct exchange *);

/* PUT /update: {"data": [...]} takes the place of all, or nothing does. Of
 * several entries of one sender the first counts. */
void compat_settings_replace(struct admin *, struct exchange *);

/* PATCH /modify: {"key": "sender", "value": {...}} changes what it names of
 * one, or adds it as the last. */
void compat_settings_modify(struct admin *, struct exchange *);

/* DELETE /remove: {"key": "sender", "value": "..."}; the others stay. */
void compat_settings_remove(struct admin *, struct exchange *);

#endif
