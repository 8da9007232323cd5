/*
 * csrf.c -- was a request made by a page of another site? Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* strncasecmp */
#include "admin/csrf.h"

#include "config/endpoint.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* Is the URL on this host (and port)? */
static bool
is_on(const char *url, const char *host)
{
	const char *authority = strstr(url, "://");
	size_t length;

	if (authority == NULL || host == NULL)
		return false; /* "null" too: a page that hides its origin */
	authority += 3;
	length = strcspn(authority, "/?#");
	return length == strlen(host) &&
	    strncasecmp(authority, host, length) == 0;
}

/* "localhost", "127.0.0.1:8080", "[::1]:8080". */
static bool
is_loopback(const char *host)
{
	char name[64];
	size_t length;

	if (*host == '[') {
		host++;
		length = strcspn(host, "]");
	} else {
		length = strcspn(host, ":");
	}
	if (length >= sizeof(name))
		return false;
	memcpy(name, host, length);
	name[length] = '\0';
	return endpoint_is_loopback(name);
}

const char *
csrf_sign(const struct provenance *from, bool is_loopback_only)
{
	if (from->fetch_site != NULL &&
	    strcmp(from->fetch_site, "same-origin") != 0 &&
	    strcmp(from->fetch_site, "none") != 0)
		return "Sec-Fetch-Site";
	if (from->origin != NULL && !is_on(from->origin, from->host))
		return "Origin";
	if (from->referer != NULL && !is_on(from->referer, from->host))
		return "Referer";
	if (is_loopback_only && from->host != NULL &&
	    !is_loopback(from->host))
		return "Host";
	return NULL;
}
