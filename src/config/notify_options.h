/*
 * notify_options.h -- `notify`: who is told of a block.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_NOTIFY_OPTIONS_H
#define CONFIG_NOTIFY_OPTIONS_H

#include "base/strings.h"

#include <stdbool.h>
#include <stdint.h>

struct notify_options {
	bool enabled;
	char *from;
	struct strings to;
	char *subject;
	char *template;		/* a file */
	char *content_type;
	bool on_block, on_unblock;	/* notify.events */
	bool account;		/* write to the account's address too */
	char *account_template;
	struct strings exec;	/* program and arguments */
	uint32_t parallel;	/* deliveries at once, each way */
	char *webhook;		/* URL */
	char *webhook_secret_file;
	char *webhook_secret;
};

#endif
