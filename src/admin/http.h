/*
 * http.h -- the HTTP server: connections, and how long they may last.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libmicrohttpd does the protocol, within this process's own loop. Each
 * connection has a time in which a request must have come and been answered,
 * however slowly its bytes drip; memory for its headers is bounded, and so
 * are connections, of one address and in all.
 */
#ifndef ADMIN_HTTP_H
#define ADMIN_HTTP_H

#include "admin/handler_crew.h"
#include "server/poller.h"

#include <stdbool.h>

struct http;

/* Start serving nobody yet; with http.tls.* set by TLS 1.2 or later, with the
 * certificate as it is now. On failure log why and return NULL. */
struct http *http_new(const struct config *, struct crew *);

/* The crew has stopped before. */
void http_free(struct http *);

/* Have the poller report, with the server as tag, when http_run has work. */
int http_watch(struct http *, struct poller *);

/* Take what connections wait on a listening socket. */
void http_accept(struct http *, int listening);

/* Do what is to be done; in how many milliseconds to come again at least. */
int http_run(struct http *);

/* From now on close each connection behind its answer, and those that ask for
 * nothing a second after they last did. */
void http_retire(struct http *);

/* Are there no connections? */
bool http_is_idle(const struct http *);

#endif
