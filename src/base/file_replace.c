/*
 * file_replace.c -- write a file as a whole, or leave the old one.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/file_replace.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
replace_begin(struct replacement *replacement, const char *path, mode_t mode)
{
	char *new = mem_printf("%s.new", path);
	int fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW | O_NONBLOCK, mode);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	int error = errno;

	*replacement = (struct replacement){ file, path, new };
	if (file != NULL) {
		/* Whatever the umask is, or the mode of one left behind. */
		(void)fchmod(fd, mode);
		return 0;
	}
	if (fd >= 0)
		close(fd);
	free(new);
	errno = error;
	return -1;
}

/* The rename is durable only once the folder is. */
static void
sync_folder(const char *path)
{
	const char *end = strrchr(path, '/');
	char *folder = end == NULL || end == path ?
	    mem_dup(end == NULL ? "." : "/") :
	    mem_dup_n(path, (size_t)(end - path));
	int fd = open(folder, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
	free(folder);
}

int
replace_end(struct replacement *replacement, bool is_durable)
{
	FILE *file = replacement->file;
	int error = 0;

	if (fflush(file) != 0 || (is_durable && fsync(fileno(file)) != 0))
		error = errno;
	if (fclose(file) != 0 && error == 0)
		error = errno;
	if (error == 0 && rename(replacement->new, replacement->path) != 0)
		error = errno;
	if (error != 0)
		unlink(replacement->new);
	else if (is_durable)
		sync_folder(replacement->path);
	free(replacement->new);
	errno = error;
	return error == 0 ? 0 : -1;
}
