/*
 * smtp_options.h -- `smtp`: the server that takes our mail.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_SMTP_OPTIONS_H
#define CONFIG_SMTP_OPTIONS_H

#include <stdint.h>

enum smtp_tls { SMTP_TLS_NONE, SMTP_TLS_STARTTLS, SMTP_TLS_WRAPPED };

struct smtp_options {
	char *host;
	uint32_t port;
	char *helo;
	enum smtp_tls tls;
	char *ca_file;		/* "" : the system's */
	char *username, *password_file;
	char *password;
	uint32_t timeout_s;
};

#endif
