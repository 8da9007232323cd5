/*
 * blocked_file.c -- who is known to be blocked, over a restart.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * policyd blocked 1 STORE SECRET
 * HASH UNTIL
 * end COUNT
 *
 * Numbers are hexadecimal.
 */
#include "store/blocked_file.h"

#include "base/file_replace.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* FNV-1a: which store it is, without telling its password. */
static uint64_t
number_of(const char *url)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *url != '\0'; url++)
		h = (h ^ (unsigned char)*url) * UINT64_C(0x100000001b3);
	return h;
}

/* --- read ----------------------------------------------------------------- */

/* Return 0, or -1 if it is no such file, or not all of one. */
static int
read_entries(FILE *file, struct blocked_entry *entries, size_t *count)
{
	char line[64];
	uint64_t said;

	for (*count = 0; fgets(line, sizeof(line), file) != NULL;) {
		struct blocked_entry *entry = &entries[*count];

		if (sscanf(line, "end %" SCNx64, &said) == 1)
			return said == *count ? 0 : -1;
		if (*count == BLOCKED_MAX ||
		    sscanf(line, "%" SCNx64 " %" SCNx64, &entry->hash,
			&said) != 2)
			return -1;
		entry->until_ms = (int64_t)said;
		++*count;
	}
	return -1;
}

static FILE *
open_to_read(const char *path)
{
	/* Whatever stands there, a start waits for nothing. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (file == NULL && fd >= 0)
		close(fd);
	return file;
}

int
blocked_file_read(struct blocked *blocked, const char *path, const char *url)
{
	struct blocked_entry *entries;
	uint64_t store, secret;
	FILE *file = open_to_read(path);
	size_t count;
	int result = 0;

	if (file == NULL && errno == ENOENT)
		return 0;
	if (file == NULL) {
		log_warning("server.state: %s: %s", path, strerror(errno));
		return -1;
	}
	entries = mem_new(BLOCKED_MAX, sizeof(*entries));
	if (fscanf(file, "policyd blocked 1 %" SCNx64 " %" SCNx64 "\n",
		&store, &secret) != 2 ||
	    read_entries(file, entries, &count) != 0) {
		log_warning("server.state: %s is not what policyd has "
			    "written: ignored", path);
		result = -1;
	} else if (store == number_of(url)) {
		blocked_restore(blocked, secret, entries, count);
		log_info("%zu accounts are known to have been blocked, should "
			 "the store be away", count);
	}
	free(entries);
	fclose(file);
	return result;
}

/* --- write ---------------------------------------------------------------- */

static void
write_entries(FILE *file, const struct blocked *blocked, uint64_t store)
{
	struct blocked_entry *entries =
	    mem_new(BLOCKED_MAX, sizeof(*entries));
	uint64_t secret;
	size_t count = blocked_copy(blocked, &secret, entries);

	fprintf(file, "policyd blocked 1 %" PRIx64 " %" PRIx64 "\n", store,
	    secret);
	for (size_t i = 0; i < count; i++)
		fprintf(file, "%" PRIx64 " %" PRIx64 "\n", entries[i].hash,
		    (uint64_t)entries[i].until_ms);
	fprintf(file, "end %zx\n", count);
	free(entries);
}

int
blocked_file_write(const struct blocked *blocked, const char *path,
    const char *url)
{
	struct replacement new;

	if (replace_begin(&new, path, 0600) != 0)
		return -1;
	write_entries(new.file, blocked, number_of(url));
	return replace_end(&new, true);
}
