/*
 * http.c -- the HTTP server: connections, and how long they may last.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* accept4 */
#include "admin/http.h"

#include "admin/caller_address.h"
#include "admin/certificate.h"
#include "admin/http_call.h"
#include "admin/login_sessions.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	/* More than connection_limits.h lets in, for those that are ending. */
	CONNECTIONS_MAX = 2 * (VISITS_MAX + VISITS_SPARE),
	/* Request line, headers and their bookkeeping. */
	HEADERS_MAX = 32768,
	/* Without a byte. */
	IDLE_S = 15,
	SWEEP_MS = 1000,
	RETIRED_SWEEP_MS = 100,
	ACCEPT_AT_ONCE = 16,
};

/* Nothing older than TLS 1.2 (RFC 8996); keys of elliptic curves that are
 * forgotten afterwards, and ciphers that authenticate (RFC 9325, 4.2). */
static const char tls_priorities[] =
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:"
    "+ECDHE-RSA:-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:"
    "-MAC-ALL:+AEAD:-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:"
    "+GROUP-SECP384R1:+GROUP-SECP521R1";

struct http {
	struct calls calls;
	struct MHD_Daemon *daemon;
	int epoll_fd;
	struct visits visits;
	int64_t sweep_ms;
	struct log_limit limit;
};

/* --- what libmicrohttpd tells ------------------------------------------------ */

static void
note_message(void *opaque, const char *format, va_list arguments)
{
	char line[256];

	(void)opaque;
	vsnprintf(line, sizeof(line), format, arguments);
	line[strcspn(line, "\r\n")] = '\0';
	log_debug("http: %s", line);
}

static struct visit *
visit_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info != NULL ? info->socket_context : NULL;
}

static void
note_connection(void *opaque, struct MHD_Connection *connection,
    void **context, enum MHD_ConnectionNotificationCode code)
{
	struct http *http = opaque;
	char origin[ORIGIN_SIZE];
	char source[ADDR_TEXT_SIZE];
	int fd;

	if (code != MHD_CONNECTION_NOTIFY_STARTED) {
		visits_remove(*context);
		return;
	}
	fd = MHD_get_connection_info(connection,
	    MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	caller_origin(connection, origin);
	*context = visits_add(&http->visits, fd, client_subnet(origin, source),
	    clock_mono_ms());
}

static void *
note_uri(void *opaque, const char *uri, struct MHD_Connection *connection)
{
	struct visit *visit = visit_of(connection);

	(void)opaque;
	visit_enter(visit, VISIT_HEADERS, clock_mono_ms());
	return call_new(uri, visit);
}

static void
note_completed(void *opaque, struct MHD_Connection *connection,
    void **context, enum MHD_RequestTerminationCode code)
{
	struct http *http = opaque;

	(void)code;
	call_free(&http->calls, *context);
	*context = NULL;
	visit_enter(visit_of(connection), VISIT_IDLE, clock_mono_ms());
}

/* --- start and end ------------------------------------------------------------ */

static struct MHD_Daemon *
start(struct http *http, const struct certificate *certificate)
{
	const struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, certificate->chain },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, certificate->key },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0,
		    (void *)(uintptr_t)tls_priorities },
		{ MHD_OPTION_END, 0, NULL },
	};
	const struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };
	bool is_tls = certificate->chain != NULL;
	unsigned flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET |
	    MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
	    (is_tls ? MHD_USE_TLS : 0);

	return MHD_start_daemon(flags, 0, NULL, NULL, call_continue,
	    &http->calls,
	    MHD_OPTION_EXTERNAL_LOGGER, note_message, NULL,
	    MHD_OPTION_ARRAY, is_tls ? tls : none,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADERS_MAX,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_URI_LOG_CALLBACK, note_uri, http,
	    MHD_OPTION_NOTIFY_CONNECTION, note_connection, http,
	    MHD_OPTION_NOTIFY_COMPLETED, note_completed, http,
	    MHD_OPTION_END);
}

struct http *
http_new(const struct config *config, struct crew *crew)
{
	struct http *http = mem_new(1, sizeof(*http));
	struct certificate certificate = { NULL, NULL };

	if (config->http.cert_file[0] != '\0' &&
	    certificate_read(&certificate, config) != 0) {
		free(http);
		return NULL;
	}
	http->calls.crew = crew;
	http->calls.credentials = credentials_new(config);
	http->calls.failed_logins = failed_logins_new();
	http->calls.sessions = sessions_new(certificate.chain != NULL);
	http->calls.verifier = verifier_start();
	if (http->calls.verifier != NULL)
		http->daemon = start(http, &certificate);
	if (http->daemon == NULL) {
		log_error("http: the server does not start%s",
		    certificate.chain != NULL ? "; is http.tls.key_file the "
		    "key of http.tls.cert_file, both in PEM?" : "");
		certificate_clear(&certificate);
		http_free(http);
		return NULL;
	}
	certificate_clear(&certificate);
	http->epoll_fd = MHD_get_daemon_info(http->daemon,
	    MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	return http;
}

void
http_free(struct http *http)
{
	if (http == NULL)
		return;
	call_release(&http->calls);
	if (http->daemon != NULL)
		MHD_stop_daemon(http->daemon);
	verifier_stop(http->calls.verifier);
	credentials_free(http->calls.credentials);
	failed_logins_free(http->calls.failed_logins);
	sessions_free(http->calls.sessions);
	free(http);
}

/* --- the loop ------------------------------------------------------------------ */

int
http_watch(struct http *http, struct poller *poller)
{
	if (poller_add(poller, http->epoll_fd, INTEREST_READ, http) == 0 &&
	    poller_add(poller, verifier_fd(http->calls.verifier),
		INTEREST_READ, http) == 0 &&
	    poller_add(poller, crew_fd(http->calls.crew, LANE_DESK),
		INTEREST_READ, http) == 0 &&
	    poller_add(poller, crew_fd(http->calls.crew, LANE_LONG),
		INTEREST_READ, http) == 0)
		return 0;
	log_error("epoll: %s", strerror(errno));
	return -1;
}

void
http_accept(struct http *http, int listening)
{
	for (int i = 0; i < ACCEPT_AT_ONCE; i++) {
		struct sockaddr_storage address = { .ss_family = AF_UNIX };
		socklen_t size = sizeof(address);
		int fd = accept4(listening, (struct sockaddr *)&address,
		    &size, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (fd < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
			log_limited(&http->limit, LOG_LEVEL_ERROR,
			    "http: accept: %s", strerror(errno));
		if (fd < 0)
			return;
		/* It closes what is too much for its limits. */
		if (MHD_add_connection(http->daemon, fd,
			(struct sockaddr *)&address, size) != MHD_YES)
			log_limited(&http->limit, LOG_LEVEL_WARNING,
			    "http: a connection was refused: there are too "
			    "many");
	}
}

static void
sweep(struct http *http)
{
	int64_t now_ms = clock_mono_ms();

	if (now_ms < http->sweep_ms)
		return;
	http->sweep_ms = now_ms +
	    (http->calls.is_retired ? RETIRED_SWEEP_MS : SWEEP_MS);
	visits_sweep(&http->visits, http->calls.is_retired, now_ms);
}

int
http_run(struct http *http)
{
	MHD_UNSIGNED_LONG_LONG wanted_ms;
	int wait_ms = call_tend(&http->calls);

	sweep(http);
	MHD_run(http->daemon);
	if (wait_ms < 0 || wait_ms > clock_left_ms(http->sweep_ms))
		wait_ms = clock_left_ms(http->sweep_ms);
	if (MHD_get_timeout(http->daemon, &wanted_ms) == MHD_YES &&
	    wanted_ms < (MHD_UNSIGNED_LONG_LONG)wait_ms)
		wait_ms = (int)wanted_ms;
	return wait_ms;
}

void
http_retire(struct http *http)
{
	http->calls.is_retired = true;
	http->sweep_ms = 0;
}

bool
http_is_idle(const struct http *http)
{
	return http->visits.first == NULL;
}
