/*
 * certificate.c -- the certificate of the HTTP interface and its key.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* explicit_bzero */
#include "admin/certificate.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More than any chain has. */
enum { PEM_MAX = 1 << 20 };

/* The text of a file, or NULL with errno set. */
static char *
read_file(const char *path)
{
	char *text = NULL;
	size_t length = 0;
	ssize_t size = 1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int error;

	if (fd < 0)
		return NULL;
	while (size > 0 && length < PEM_MAX) {
		text = mem_grow(text, length + 4097, 1);
		size = read(fd, text + length, 4096);
		if (size > 0)
			length += (size_t)size;
	}
	error = length >= PEM_MAX ? EFBIG : errno;
	close(fd);
	if (size == 0) {
		text[length] = '\0';
		return text;
	}
	free(text);
	errno = error;
	return NULL;
}

int
certificate_read(struct certificate *certificate, const struct config *config)
{
	const char *const paths[] = { config->http.cert_file,
		config->http.key_file };
	char **const texts[] = { &certificate->chain, &certificate->key };

	certificate->chain = certificate->key = NULL;
	for (int i = 0; i < 2; i++) {
		*texts[i] = read_file(paths[i]);
		if (*texts[i] != NULL)
			continue;
		log_error("http.tls: %s cannot be read as user %d: %s",
		    paths[i], (int)geteuid(), strerror(errno));
		certificate_clear(certificate);
		return -1;
	}
	return 0;
}

void
certificate_clear(struct certificate *certificate)
{
	if (certificate->key != NULL)
		explicit_bzero(certificate->key, strlen(certificate->key));
	free(certificate->chain);
	free(certificate->key);
	certificate->chain = certificate->key = NULL;
}
