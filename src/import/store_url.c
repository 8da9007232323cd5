/*
 * store_url.c -- where another program kept its data, as store.url.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "import/store_url.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define EMBEDDED "sqlite:/var/lib/policyd/policyd.db"

static bool
has(const char *text)
{
	return text != NULL && *text != '\0';
}

/* A part of a URL: what means something in one is escaped (RFC 3986, 2.1). */
static void
write_part(const char *part, FILE *out)
{
	for (; *part != '\0'; part++)
		if (isalnum((unsigned char)*part) ||
		    strchr("-._~", *part) != NULL)
			fputc(*part, out);
		else
			fprintf(out, "%%%02X", (unsigned char)*part);
}

void
import_pgsql(struct import *import, const struct database *database)
{
	char *url = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&url, &length);

	if (out == NULL)
		abort(); /* no memory: see base/mem.h */
	fputs("postgresql://", out);
	if (has(database->user)) {
		write_part(database->user, out);
		fputc('@', out);
	}
	if (has(database->host))
		write_part(database->host, out);
	if (has(database->host) && has(database->port))
		fprintf(out, ":%s", database->port);
	fputc('/', out);
	if (has(database->name))
		write_part(database->name, out);
	fclose(out);
	sheet_text(import->sheet, "store.url",
	    "Tables are made beside those that are there, in the schema "
	    "policyd.", url);
	free(url);
	if (database->has_password)
		sheet_remark(import->sheet, "the password of the database: "
		    "write it to a file that only policyd can read, and name "
		    "that in store.password_file");
}

void
import_embedded(struct import *import, const char *was)
{
	sheet_text(import->sheet, "store.url",
	    "A file on this machine; or a PostgreSQL database.", EMBEDDED);
	sheet_remark(import->sheet, "%s: what was counted in it is not taken "
	    "over; the count begins anew", was);
}

void
import_url(struct import *import, const struct node *node)
{
	struct database database = { 0 };
	char *text = mem_dup(node->value);
	char *rest = strstr(text, "://");
	char *at;
	char *slash;
	char *colon;

	if (rest == NULL) {
		tree_complain(node, import->complaints, "...",
		    "dialect://user:password@host:port/database");
		free(text);
		return;
	}
	*rest = '\0';
	if (strncmp(text, "postgres", 8) != 0) {
		import_embedded(import, node->path);
		free(text);
		return;
	}
	rest += 3;
	/* A password may hold an @: the last one before the path counts. */
	slash = strrchr(rest, '/');
	if (slash != NULL)
		*slash = '\0';
	at = strrchr(rest, '@');
	if (at != NULL) {
		*at = '\0';
		colon = strchr(rest, ':');
		database.has_password = colon != NULL;
		if (colon != NULL)
			*colon = '\0';
		database.user = rest;
		rest = at + 1;
	}
	colon = strrchr(rest, ':');
	if (colon != NULL && strchr(colon, ']') == NULL) {
		*colon = '\0';
		database.port = colon + 1;
	}
	database.host = rest;
	database.name = slash != NULL ? slash + 1 : "";
	import_pgsql(import, &database);
	free(text);
}
