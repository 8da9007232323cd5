/*
 * list_item.h -- what an item of a list of texts can be.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_LIST_ITEM_H
#define CONFIG_LIST_ITEM_H

#include "config/keys.h"

/* Not empty, no white space, no control character. */
bool item_is_name(const char *text);

/* One line of text, not empty. */
bool item_is_line(const struct key *, const char *text);

/* An account or "@domain"; a domain without the "@". */
bool item_is_account(const struct key *, const char *text);
bool item_is_domain(const struct key *, const char *text);

/* "AS64500" or "64500". */
bool item_is_asn(const struct key *, const char *text);

/* "name:hash", as crypt(5) writes hashes; "*" or "!" for nobody. */
bool item_is_user(const struct key *, const char *text);

/* "scope:hash", the scope one of the key's words, the hash SHA-256 in hex. */
bool item_is_token(const struct key *, const char *text);

#endif
