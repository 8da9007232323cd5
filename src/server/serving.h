/*
 * serving.h -- what the server itself reads of the configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SERVER_SERVING_H
#define SERVER_SERVING_H

#include "base/log.h"
#include "config/endpoint.h"
#include "config/server_options.h"

/* Borrowed of the configuration. */
struct serving {
	const struct endpoints *endpoints;
	const struct socket_options *socket;
	const struct server_options *server;
	const struct log_options *log;
	/* Of the endpoints; NULL: nobody was asked yet (resolver.h). */
	const struct resolver_answer *answers;
};

#endif
