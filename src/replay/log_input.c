/*
 * log_input.c -- the lines of a file, compressed by gzip or not.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "replay/log_input.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { LINE_MOST = 65536, ROOM = 2 * LINE_MOST, GZ_ROOM = 131072 };

struct input {
	char *path;
	gzFile file;
	bool is_file;
	int64_t written_ms;
	uint64_t number;
	size_t at, length;	/* what is left of bytes */
	bool is_over;
	bool is_long;		/* the rest of a line is to be passed over */
	char bytes[ROOM + 1];
};

/* Other compressions, by how their files begin. */
static const struct {
	const char *magic, *program;
} strangers[] = {
	{ "BZh", "bzip2" }, { "\xfd" "7zXZ", "xz" },
	{ "\x28\xb5\x2f\xfd", "zstd" },
};

/* Read on, if there is room. zlib gives the bytes of a file that is not
 * compressed as they are. */
static void
fill(struct input *input)
{
	int got, code;

	if (input->is_over || input->length == ROOM)
		return;
	memmove(input->bytes, input->bytes + input->at, input->length);
	input->at = 0;
	got = gzread(input->file, input->bytes + input->length,
	    (unsigned)(ROOM - input->length));
	if (got > 0) {
		input->length += (size_t)got;
		return;
	}
	input->is_over = true;
	gzerror(input->file, &code);
	if (got == 0 && code != Z_BUF_ERROR)
		return;
	log_warning("%s: cannot be read to its end: %s", input->path,
	    code == Z_ERRNO ? strerror(errno) : code == Z_BUF_ERROR ?
	    "the compressed file is cut short" :
	    "the compressed file is damaged");
}

/* Look at how it begins. */
static bool
is_readable(struct input *input)
{
	fill(input);
	for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
		size_t length = strlen(strangers[i].magic);

		if (input->length < length ||
		    memcmp(input->bytes, strangers[i].magic, length) != 0)
			continue;
		log_error("%s is compressed by %s: give it as in \"%s -dc %s "
		    "| policyd --replay ... -\"", input->path,
		    strangers[i].program, strangers[i].program, input->path);
		return false;
	}
	return true;
}

struct input *
input_open(const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? dup(STDIN_FILENO) :
			    open(path, O_RDONLY | O_CLOEXEC);
	struct input *input;
	struct stat status;

	if (fd < 0 || fstat(fd, &status) != 0 || S_ISDIR(status.st_mode)) {
		bool is_directory = fd >= 0 && S_ISDIR(status.st_mode);

		log_error("%s: cannot be read: %s", path,
		    strerror(is_directory ? EISDIR : errno));
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	input = mem_new(1, sizeof(*input));
	input->path = mem_dup(is_stdin ? "standard input" : path);
	input->is_file = !is_stdin && S_ISREG(status.st_mode);
	input->written_ms = input->is_file ?
	    (int64_t)status.st_mtim.tv_sec * 1000 : clock_wall_ms();
	input->file = gzdopen(fd, "rb");
	if (input->file == NULL)
		mem_fail();
	gzbuffer(input->file, GZ_ROOM);
	if (is_readable(input))
		return input;
	input_close(input);
	return NULL;
}

void
input_close(struct input *input)
{
	if (input == NULL)
		return;
	gzclose(input->file);
	free(input->path);
	free(input);
}

bool
input_is_file(const struct input *input)
{
	return input->is_file;
}

int64_t
input_written_ms(const struct input *input)
{
	return input->written_ms;
}

uint64_t
input_number(const struct input *input)
{
	return input->number;
}

/* Take out NUL bytes; the line is short enough then. */
static char *
clean(char *line, size_t length)
{
	char *to = line;

	if (length > 0 && line[length - 1] == '\r')
		length--;
	line[length] = '\0';
	if (memchr(line, '\0', length) != NULL) {
		for (size_t i = 0; i < length; i++)
			if (line[i] != '\0')
				*to++ = line[i];
		*to = '\0';
		length = (size_t)(to - line);
	}
	if (length > LINE_MOST)
		line[LINE_MOST] = '\0';
	return line;
}

/* Take so many bytes off the front. */
static char *
take(struct input *input, size_t length)
{
	char *start = input->bytes + input->at;

	input->at += length;
	input->length -= length;
	return start;
}

/* Pass over the rest of a line that is too long. */
static void
skip_line(struct input *input)
{
	while (input->is_long) {
		char *start = input->bytes + input->at;
		char *end = memchr(start, '\n', input->length);

		take(input, end != NULL ? (size_t)(end - start) + 1 :
					  input->length);
		input->is_long = end == NULL && !input->is_over;
		fill(input);
	}
}

char *
input_line(struct input *input)
{
	char *end = NULL;
	size_t seen = 0;
	size_t length;

	skip_line(input);
	for (;;) {
		char *start = input->bytes + input->at;

		end = memchr(start + seen, '\n', input->length - seen);
		length = end != NULL ? (size_t)(end - start) : input->length;
		if (end != NULL || input->length == ROOM || input->is_over)
			break;
		seen = input->length;
		fill(input);
	}
	if (end == NULL && length == 0)
		return NULL;
	input->number++;
	input->is_long = end == NULL && !input->is_over;
	return clean(take(input, length + (end != NULL)), length);
}
