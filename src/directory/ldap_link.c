/*
 * ldap_link.c -- one connection to a directory: secured, bound, answering.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "directory/ldap_link.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

/* A step of opening that failed, in the words of libldap. */
struct failure {
	const char *step;
	int code;
	char words[256];
};

static void
fail_with(struct failure *failure, const char *step, int code,
    const char *words)
{
	failure->step = step;
	failure->code = code;
	snprintf(failure->words, sizeof(failure->words), "%s",
	    words != NULL ? words : "");
}

/* Bound by the wire alone, and never off to another server. */
static int
set_options(struct link *link, const struct ldap_options *options)
{
	int version = LDAP_VERSION3;
	int check =
	    options->verify ? LDAP_OPT_X_TLS_HARD : LDAP_OPT_X_TLS_NEVER;
	struct timeval none = { -1, 0 };
	LDAP *handle = link->handle;

	/*
	 * A referral would be followed on a new connection: without TLS,
	 * without bind, without deadline, to wherever the server says.
	 * NETWORK_TIMEOUT makes libldap change the mode of the socket.
	 */
	if (ldap_set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version) != 0 ||
	    ldap_set_option(handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) != 0 ||
	    ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &none) != 0 ||
	    ldap_set_option(handle, LDAP_OPT_TIMEOUT, &none) != 0)
		return -1;
	/* The context checks the chain; the handle's own copy the name. */
	return ldap_set_option(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &check);
}

LDAPMessage *
link_wait(struct link *link, int operation, int64_t deadline_ms, int *code)
{
	struct timeval now = { 0, 0 };

	link->wire.deadline_ms = deadline_ms;
	for (;;) {
		LDAPMessage *answer = NULL;
		int kind = ldap_result(link->handle, operation, LDAP_MSG_ALL,
		    &now, &answer);

		if (kind > 0)
			return answer;
		if (kind < 0) {
			ldap_get_option(link->handle, LDAP_OPT_RESULT_CODE,
			    code);
			if (*code == LDAP_SUCCESS)
				*code = LDAP_SERVER_DOWN;
			return NULL;
		}
		if (wire_wait(&link->wire, POLLIN) != 0) {
			*code = errno == ETIMEDOUT ? LDAP_TIMEOUT
						   : LDAP_USER_CANCELLED;
			return NULL;
		}
	}
}

/* Wait for the answer to one operation of opening; may_differ: whatever it
 * says. */
static int
expect(struct link *link, int operation, const char *step, bool may_differ,
    struct failure *failure)
{
	int code = LDAP_SUCCESS;
	char *words = NULL;
	LDAPMessage *answer = link_wait(link, operation,
	    link->wire.deadline_ms, &code);

	if (answer == NULL) {
		fail_with(failure, step, code, NULL);
		return -1;
	}
	ldap_parse_result(link->handle, answer, &code, NULL, &words, NULL, NULL,
	    1);
	if (code != LDAP_SUCCESS && !may_differ)
		fail_with(failure, step, code, words);
	ldap_memfree(words);
	return code == LDAP_SUCCESS || may_differ ? 0 : -1;
}

static int
handshake(struct link *link, struct failure *failure)
{
	int code = ldap_install_tls(link->handle);
	char *words = NULL;

	if (code == LDAP_SUCCESS)
		return 0;
	if (clock_left_ms(link->wire.deadline_ms) == 0) {
		fail_with(failure, "TLS handshake", LDAP_TIMEOUT, NULL);
		return -1;
	}
	ldap_get_option(link->handle, LDAP_OPT_DIAGNOSTIC_MESSAGE, &words);
	fail_with(failure, "TLS handshake", code, words);
	ldap_memfree(words);
	return -1;
}

static int
secure(struct link *link, const struct ldap_options *options,
    const char *scheme, struct failure *failure)
{
	int operation;
	int code;

	if (strcmp(scheme, "ldaps") == 0)
		return handshake(link, failure);
	if (!options->starttls || strcmp(scheme, "ldapi") == 0)
		return 0;
	code = ldap_start_tls(link->handle, NULL, NULL, &operation);
	if (code != LDAP_SUCCESS) {
		fail_with(failure, "StartTLS", code, NULL);
		return -1;
	}
	if (expect(link, operation, "StartTLS", false, failure) != 0)
		return -1;
	return handshake(link, failure);
}

/*
 * An anonymous connection is bound too. A SASL EXTERNAL bind is one message:
 * credentials that are present and empty mean the identity of the certificate
 * (RFC 4422, appendix A); for ldapi it is that of the process.
 */
static int
bind_link(struct link *link, const struct ldap_options *options,
    struct failure *failure)
{
	const char *dn = options->bind_dn;
	const char *mechanism = LDAP_SASL_SIMPLE;
	char *secret = options->bind_password;
	char empty[] = "";
	struct berval credentials = { 0, empty };
	int operation;
	int code;

	if (options->sasl_external) {
		dn = NULL;
		mechanism = "EXTERNAL";
	} else if (*dn != '\0') {
		if (secret == NULL || *secret == '\0') {
			/* The server would take it for anonymous, and say yes
			 * (RFC 4513, 5.1.2). */
			fail_with(failure, "bind", LDAP_INVALID_CREDENTIALS,
			    "ldap.bind_dn has no password");
			return -1;
		}
		credentials.bv_val = secret;
		credentials.bv_len = strlen(secret);
	}
	code = ldap_sasl_bind(link->handle, dn, mechanism, &credentials, NULL,
	    NULL, &operation);
	if (code != LDAP_SUCCESS) {
		fail_with(failure, "bind", code, NULL);
		return -1;
	}
	return expect(link, operation, "bind", false, failure);
}

/*
 * A server may accept connections and answer no search, because its database
 * hangs: that is found here, where nobody waits, and not by a request.
 */
static int
probe(struct link *link, const struct ldap_options *options,
    struct failure *failure)
{
	char attribute[] = LDAP_NO_ATTRS;
	char *attributes[] = { attribute, NULL };
	struct timeval limit = { 60, 0 };
	int operation;
	int code = ldap_search_ext(link->handle, options->base, LDAP_SCOPE_BASE,
	    NULL, attributes, 0, NULL, NULL, &limit, 1, &operation);

	if (code != LDAP_SUCCESS) {
		fail_with(failure, "search", code, NULL);
		return -1;
	}
	return expect(link, operation, "search", true, failure);
}

/* Everything above the socket. */
static int
establish(struct link *link, const struct ldap_options *options,
    const char *scheme, char *error, size_t size)
{
	struct failure failure = { .step = NULL };

	if (set_options(link, options) != 0) {
		snprintf(error, size, "%s", ldap_err2string(LDAP_LOCAL_ERROR));
		return -1;
	}
	if (secure(link, options, scheme, &failure) == 0 &&
	    bind_link(link, options, &failure) == 0 &&
	    probe(link, options, &failure) == 0)
		return 0;
	snprintf(error, size, "%s: %s%s%s", failure.step,
	    ldap_err2string(failure.code), *failure.words != '\0' ? ": " : "",
	    failure.words);
	return -1;
}

struct link *
link_open(const struct ldap_options *options, const char *uri,
    int64_t deadline_ms, int stop_fd, char *error, size_t size)
{
	struct link *link = mem_new(1, sizeof(*link));
	LDAPURLDesc *url = NULL;
	char cause[LINK_ERROR_SIZE] = "";

	link->uri = uri;
	link->wire = (struct wire){ .fd = -1, .stop_fd = stop_fd,
		.deadline_ms = deadline_ms };
	if (ldap_url_parse(uri, &url) != LDAP_URL_SUCCESS) {
		snprintf(cause, sizeof(cause), "not an LDAP URL");
		goto fail;
	}
	if (wire_connect(&link->wire, url, cause, sizeof(cause)) != 0)
		goto fail;
	link->handle = wire_handle(&link->wire, uri, cause, sizeof(cause));
	if (link->handle == NULL)
		goto fail;
	if (establish(link, options, url->lud_scheme, cause, sizeof(cause)) !=
	    0)
		goto fail;
	ldap_free_urldesc(url);
	link->wire.stop_fd = -1;
	return link;
fail:
	snprintf(error, size, "%s: %s", uri, cause);
	ldap_free_urldesc(url);
	link_close(link);
	return NULL;
}

void
link_close(struct link *link)
{
	if (link == NULL)
		return;
	link->wire.deadline_ms = 0;
	if (link->handle != NULL)
		ldap_unbind_ext(link->handle, NULL, NULL);
	wire_close(&link->wire);
	free(link);
}
