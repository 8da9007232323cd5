/*
 * fuzz_import.c -- any bytes as another program's configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first byte says which program's. What is refused is complained of, and
 * nothing is printed then; what is printed is a configuration of ours.
 */
#define _GNU_SOURCE /* memfd_create */
#include "config/config.h"
#include "import/import.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* The file that is read, by its name. */
static const char *
make_file(const uint8_t *data, size_t size)
{
	static char path[32];
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("import", MFD_CLOEXEC);
	assert(ftruncate(fd, 0) == 0);
	assert(pwrite(fd, data, size, 0) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

static void
check(const char *yaml, size_t length)
{
	char *complaints = NULL;
	size_t size = 0;
	FILE *errors = open_memstream(&complaints, &size);
	struct config *config = config_parse(yaml, length, "f", errors);

	fclose(errors);
	if (config == NULL) {
		fprintf(stderr, "%s%s", yaml, complaints);
		abort();
	}
	config_free(config);
	free(complaints);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const programs[] = { "geoip-policyd",
		"policyd-rate-limit", "pcc", "anti-spam" };
	char *yaml = NULL;
	char *complaints = NULL;
	size_t length = 0;
	size_t complained = 0;
	FILE *out, *errors;
	int status;

	if (size == 0)
		return 0;
	out = open_memstream(&yaml, &length);
	errors = open_memstream(&complaints, &complained);
	status = import_run(programs[data[0] % 4],
	    make_file(data + 1, size - 1), out, errors);
	fclose(out);
	fclose(errors);
	assert((status == EX_OK) == (complained == 0));
	assert((status == EX_OK) == (length > 0));
	if (status == EX_OK)
		check(yaml, length);
	free(yaml);
	free(complaints);
	return 0;
}
