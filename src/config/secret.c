/*
 * secret.c -- passwords: read from files of their own, masked elsewhere.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/secret.h"

#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LONGEST_SECRET = 1024 };

static const char mask[] = "***";

/* Open a plain file that not everybody may read; -1: error says why not. */
static int
open_secret(const char *path, char *error, size_t size)
{
	/* Not to wait for the other end, should it be a pipe. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat info;

	if (fd < 0 || fstat(fd, &info) != 0) {
		snprintf(error, size, "cannot be read: %s", strerror(errno));
	} else if (!S_ISREG(info.st_mode)) {
		snprintf(error, size, "is not a plain file");
	} else if (info.st_mode & S_IROTH) {
		snprintf(error, size,
		    "holds a secret and can be read by everybody: chmod o-r");
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

char *
secret_load(const char *path, char *error, size_t size)
{
	char line[LONGEST_SECRET + 1];
	int fd = open_secret(path, error, size);
	ssize_t length;

	if (fd < 0)
		return NULL;
	do
		length = read(fd, line, sizeof(line) - 1);
	while (length < 0 && errno == EINTR);
	close(fd);
	if (length < 0) {
		snprintf(error, size, "cannot be read: %s", strerror(errno));
		return NULL;
	}
	line[length] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	if (line[0] != '\0' && strlen(line) < LONGEST_SECRET)
		return mem_dup(line);
	snprintf(error, size, "must begin with a line of 1 to %d bytes",
	    LONGEST_SECRET - 1);
	return NULL;
}

static bool
is_password(const char *name, size_t length)
{
	return (length == 8 && strncasecmp(name, "password", 8) == 0) ||
	       (length == 11 && strncasecmp(name, "sslpassword", 11) == 0);
}

/* Add a value, or the mask if it is a password. */
static void
add_value(struct text *out, bool is_hidden, const char *value, size_t length)
{
	if (is_hidden && length > 0)
		text_add(out, mask);
	else
		text_add_n(out, value, length);
}

/* "?a=b&password=c": add it with passwords masked. */
static void
mask_query(struct text *out, const char *query)
{
	while (*query != '\0') {
		size_t name = strcspn(query, "=&");
		size_t value;

		text_add_n(out, query, name);
		if (query[name] == '=') {
			text_add_char(out, '=');
			value = strcspn(query + name + 1, "&");
			add_value(out, is_password(query, name),
			    query + name + 1, value);
			name += 1 + value;
		}
		query += name;
		if (*query == '&')
			text_add_char(out, *query++);
	}
}

/* "scheme://user:password@host/path?query" */
static void
mask_url(struct text *out, const char *url, const char *authority)
{
	size_t length = strcspn(authority, "/?#");
	const char *end = authority + length;
	const char *at = NULL;
	const char *colon;
	const char *rest = authority;

	for (const char *c = authority; c < end; c++)
		if (*c == '@')
			at = c;
	text_add_n(out, url, (size_t)(authority - url));
	if (at != NULL) {
		colon = memchr(authority, ':', (size_t)(at - authority));
		if (colon != NULL) {
			text_add_n(
			    out, authority, (size_t)(colon + 1 - authority));
			add_value(
			    out, true, colon + 1, (size_t)(at - colon - 1));
			rest = at;
		}
	}
	length = strcspn(rest, "?");
	text_add_n(out, rest, length);
	if (rest[length] == '?') {
		text_add_char(out, '?');
		mask_query(out, rest + length + 1);
	}
}

/* Length of a keyword's value: in quotes, or up to white space. */
static size_t
value_length(const char *value)
{
	bool is_quoted = *value == '\'';
	size_t i = is_quoted ? 1 : 0;

	for (; value[i] != '\0'; i++) {
		if (value[i] == '\\' && value[i + 1] != '\0')
			i++;
		else if (is_quoted && value[i] == '\'')
			return i + 1;
		else if (!is_quoted && strchr(" \t\r\n", value[i]) != NULL)
			return i;
	}
	return i;
}

/* "host=h password = 'p'" (libpq, connection strings) */
static void
mask_keywords(struct text *out, const char *text)
{
	static const char blank[] = " \t\r\n";

	while (*text != '\0') {
		size_t gap = strspn(text, blank);
		size_t name = strcspn(text + gap, " \t\r\n=");
		const char *value = text + gap + name;
		size_t length;

		value += strspn(value, blank);
		if (*value != '=') {
			text_add_n(out, text, (size_t)(value - text));
			text = value;
			continue;
		}
		value++;
		value += strspn(value, blank);
		length = value_length(value);
		text_add_n(out, text, (size_t)(value - text));
		add_value(out, is_password(text + gap, name), value, length);
		text = value + length;
	}
}

char *
secret_mask(const char *url)
{
	const char *authority = strstr(url, "://");
	size_t scheme = strspn(
	    url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-.");
	/* A password of one byte becomes three. */
	size_t size = strlen(url) * 3 + 1;
	char *copy = mem_new(size, 1);
	struct text out;

	text_init(&out, copy, size);
	if (authority != NULL && authority == url + scheme)
		mask_url(&out, url, authority + 3);
	else
		mask_keywords(&out, url);
	return copy;
}

char *
secret_mask_shown(const char *url)
{
	char *masked = secret_mask(url);
	char *authority = strstr(masked, "://");
	char *shown;
	size_t length;

	if (strncasecmp(masked, "http://", 7) != 0 &&
	    strncasecmp(masked, "https://", 8) != 0)
		return masked;
	length = (size_t)(authority + 3 - masked);
	length += strcspn(masked + length, "/?#");
	if (masked[length] == '\0' || strcmp(masked + length, "/") == 0)
		return masked;
	shown = mem_printf("%.*s/%s", (int)length, masked, mask);
	free(masked);
	return shown;
}

bool
secret_is_in(const char *url)
{
	char *masked = secret_mask(url);
	bool is_in = strcmp(masked, url) != 0;

	free(masked);
	return is_in;
}
