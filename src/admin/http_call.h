/*
 * http_call.h -- one HTTP request from its headers to its answer.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who is asking, from where and for what is settled when the headers are
 * there; only then the body is read, as much of it as the route takes.
 */
#ifndef ADMIN_HTTP_CALL_H
#define ADMIN_HTTP_CALL_H

#include "admin/client_subnet.h"
#include "admin/connection_limits.h"
#include "admin/credentials.h"
#include "admin/exchange.h"
#include "admin/failed_logins.h"
#include "admin/handler_crew.h"
#include "admin/password_verifier.h"

#include <microhttpd.h>

/* What calls have in common. */
struct calls {
	struct crew *crew;
	struct failed_logins *failed_logins;
	struct sessions *sessions;
	struct credentials *credentials;
	struct verifier *verifier;
	struct call *held;	/* suspended until a time or a result comes */
	struct log_limit shut_out;
	bool is_retired;	/* connections are closed behind an answer */
};

struct call;

/* The request line is there: raw is the URI as it was sent. */
struct call *call_new(const char *raw, struct visit *);

/* Told by libmicrohttpd, in the form it wants: see MHD_AccessHandlerCallback.
 * context points to the call. */
enum MHD_Result call_continue(void *calls, struct MHD_Connection *,
    const char *url, const char *method, const char *version,
    const char *upload, size_t *upload_size, void **context);

/* It is answered, or the client has gone. */
void call_free(struct calls *, struct call *);

/* The work of a call, on a lane of the crew: its admin, and the call. */
void call_work(void *admin, void *call);

/* Take the verifier's and the crew's results, and let go on whose time has come; in how many
 * milliseconds there will be more, -1: none is waiting for a time. */
int call_tend(struct calls *);

/* Let all go on, and drop what was held: before the end. */
void call_release(struct calls *);

#endif
