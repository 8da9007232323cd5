/*
 * serving.h -- what the server itself reads of the configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SERVER_SERVING_H
#define SERVER_SERVING_H

#include "base/log.h"
#include "base/strings.h"
#include "config/http_options.h"
#include "config/server_options.h"

/* Borrowed of the configuration. */
struct serving {
	const struct strings *listen;
	const struct socket_options *socket;
	const struct server_options *server;
	const struct http_options *http;
	const struct log_options *log;
};

#endif
