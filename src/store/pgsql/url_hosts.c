/*
 * url_hosts.c -- the hosts of a connection URL, tried by turns.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/url_hosts.h"

#include "base/mem.h"
#include "store/schema.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libpq knows about 40 options. */
enum { OPTIONS_MAX = 64 };

struct pgsql_hosts {
	char *url;
	char *password;
	char name[40];			/* of the application: see schema.c */
	PQconninfoOption *options;	/* NULL: the URL is malformed */
	size_t count;
	size_t turned;			/* by how many hosts */
	size_t silent;			/* hosts that did not answer */
};

static bool
is_list(const char *keyword)
{
	return strcmp(keyword, "host") == 0 ||
	    strcmp(keyword, "hostaddr") == 0 || strcmp(keyword, "port") == 0;
}

static size_t
count_items(const char *list)
{
	size_t items = 1;

	for (; *list != '\0'; list++)
		items += *list == ',';
	return items;
}

struct pgsql_hosts *
pgsql_hosts_new(const char *url, const char *password)
{
	struct pgsql_hosts *hosts = mem_new(1, sizeof(*hosts));
	char *error = NULL;

	hosts->url = mem_dup(url);
	hosts->password = mem_dup(password);
	snprintf(hosts->name, sizeof(hosts->name), "policyd (schema %d)",
	    schema_version("pgsql"));
	hosts->options = PQconninfoParse(url, &error);
	PQfreemem(error);
	hosts->count = 1;
	for (PQconninfoOption *o = hosts->options;
	     o != NULL && o->keyword != NULL; o++)
		if (o->val != NULL && is_list(o->keyword) &&
		    count_items(o->val) > hosts->count)
			hosts->count = count_items(o->val);
	return hosts;
}

void
pgsql_hosts_free(struct pgsql_hosts *hosts)
{
	if (hosts == NULL)
		return;
	PQconninfoFree(hosts->options);
	free(hosts->url);
	free(hosts->password);
	free(hosts);
}

/* A comma-separated list with its first `by` items moved to the end. */
static char *
turn(const char *list, size_t by)
{
	size_t items = count_items(list);
	const char *at = list;

	if (items == 1 || by % items == 0)
		return mem_dup(list);
	for (by %= items; by > 0; by--)
		at = strchr(at, ',') + 1;
	return mem_printf("%s,%.*s", at, (int)(at - 1 - list), list);
}

PGconn *
pgsql_hosts_connect(struct pgsql_hosts *hosts)
{
	const char *keywords[OPTIONS_MAX + 4] = { NULL };
	const char *values[OPTIONS_MAX + 4] = { NULL };
	char *turned[OPTIONS_MAX] = { NULL };
	size_t count = 0;
	PGconn *conn;

	/* The URL's own values come last, and so win. */
	keywords[count] = "fallback_application_name";
	values[count++] = hosts->name;
	keywords[count] = "client_encoding";
	values[count++] = "UTF8";
	if (hosts->password != NULL) {
		keywords[count] = "password";
		values[count++] = hosts->password;
	}
	if (hosts->options == NULL) {
		keywords[count] = "dbname"; /* libpq says what is wrong */
		values[count++] = hosts->url;
	}
	for (PQconninfoOption *o = hosts->options;
	     o != NULL && o->keyword != NULL && count < OPTIONS_MAX; o++) {
		if (o->val == NULL)
			continue;
		keywords[count] = o->keyword;
		values[count] = turned[count] = is_list(o->keyword) ?
		    turn(o->val, hosts->turned) : mem_dup(o->val);
		count++;
	}
	conn = PQconnectStartParams(keywords, values, 1);
	for (size_t i = 0; i < OPTIONS_MAX; i++)
		free(turned[i]);
	return conn;
}

bool
pgsql_hosts_rotate(struct pgsql_hosts *hosts)
{
	hosts->turned++;
	hosts->silent = (hosts->silent + 1) % hosts->count;
	return hosts->silent != 0;
}

void
pgsql_hosts_worked(struct pgsql_hosts *hosts)
{
	hosts->silent = 0;
}
