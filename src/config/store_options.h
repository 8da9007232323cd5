/*
 * store_options.h -- `store`: the database.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_STORE_OPTIONS_H
#define CONFIG_STORE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct store_options {
	char *url;
	char *password_file;
	char *password;		/* what password_file holds, or NULL */
	bool create;
	bool prepare;		/* named prepared statements */
	uint32_t memory_s;	/* a login passes so long unasked; 0: never */
	uint32_t memory_mails;	/* and so many mails */
	uint32_t retention_s;	/* never less than the window */
};

#endif
