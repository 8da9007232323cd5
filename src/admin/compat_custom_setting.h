/*
 * compat_custom_setting.h -- an entry of geoip-policyd's custom settings. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * {"comment", "sender", "ips", "countries", "trusted_ips",
 * "trusted_countries", "home_countries": {"codes", "ips", "countries"}}
 */
#ifndef ADMIN_COMPAT_CUSTOM_SETTING_H
#define ADMIN_COMPAT_CUSTOM_SETTING_H

#include "store/override_json.h"

/* As an entry; what is not set is left out, but for ips and countries, which
 * are 0 then. The caller's. */
json_t *custom_setting_show(const struct stored_override *);

/*
 * Lay the fields of an entry over an override; those that are absent stay.
 * The sender is not among them. Returns 0, or -1 and says in why what is
 * wrong; the override is to be cleared either way.
 */
int custom_setting_read(json_t *entry, struct stored_override *,
    char why[OVERRIDE_WHY_SIZE]);

#endif
