/*
 * csrf.h -- was a request made by a page of another site? Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A browser sends requests, with the credentials it knows, wherever a page
 * tells it to. It says where the page came from (RFC 6454, Fetch Metadata);
 * programs such as curl say nothing.
 */
#ifndef ADMIN_CSRF_H
#define ADMIN_CSRF_H

#include <stdbool.h>

/* Headers of a request; NULL: not there. */
struct provenance {
	const char *host;		/* Host */
	const char *origin;		/* Origin */
	const char *referer;		/* Referer */
	const char *fetch_site;		/* Sec-Fetch-Site */
};

/*
 * NULL if it comes from our own pages or from none, else what gives it away.
 * is_loopback_only: without credentials, so that Host must be the loopback
 * itself, lest a name of somebody else's be made to point to it.
 */
const char *csrf_sign(const struct provenance *, bool is_loopback_only);

#endif
