/*
 * identity_options.h -- `identity`: what names the account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_IDENTITY_OPTIONS_H
#define CONFIG_IDENTITY_OPTIONS_H

#include "base/strings.h"

#include <stddef.h>

enum identity { IDENTITY_SASL_USERNAME, IDENTITY_SENDER, IDENTITY_CLIENT };
enum { IDENTITY_KEYS_MAX = 3 };

struct identity_options {
	enum identity keys[IDENTITY_KEYS_MAX];
	size_t key_count;
	char *extension;	/* recipient delimiter, "" for none */
	struct strings domains;	/* lower case */
};

#endif
