/*
 * secret.h -- passwords: read from files of their own, masked elsewhere.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_SECRET_H
#define CONFIG_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Read the first line of a file. A file that everybody may read, that is no
 * plain file or that begins with an empty line is refused. Return the line,
 * the caller's, or NULL with what is wrong in error.
 */
char *secret_load(const char *path, char *error, size_t size);

/*
 * A copy in which each password is "***": of a URL (RFC 3986, 3.2.1, and
 * libpq's ?password=) or of libpq's keywords ("host=h password=p").
 */
char *secret_mask(const char *url);

/* The same, to be shown: of a URL of the web the path and the query are "***"
 * too, since that is where those of webhooks have their secret. */
char *secret_mask_shown(const char *url);

/* Is there a password in it? A masked one is none. */
bool secret_is_in(const char *url);

#endif
