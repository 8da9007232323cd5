/*
 * list_file.c -- a file with one thing a line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/list_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* How UTF-8 begins where some editors write it. */
static const char mark[] = "\xef\xbb\xbf";

/* Cut comment and white space off a line; return where it begins. */
static char *
strip(char *line)
{
	char *end;

	line[strcspn(line, "#\n")] = '\0';
	line += strspn(line, " \t\r");
	end = line + strlen(line);
	while (end > line && strchr(" \t\r", end[-1]) != NULL)
		*--end = '\0';
	return line;
}

int
list_file_read(const char *path, list_file_take *take, void *opaque,
    char *error, size_t size)
{
	FILE *file = fopen(path, "re");
	const char *wrong = NULL;
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	int result = 0;

	if (file == NULL) {
		snprintf(error, size, "%s: %s", path, strerror(errno));
		return -1;
	}
	for (unsigned number = 1; wrong == NULL &&
	     (length = getline(&line, &room, file)) >= 0; number++) {
		bool is_marked = number == 1 &&
		    strncmp(line, mark, strlen(mark)) == 0;
		bool has_nul = strlen(line) != (size_t)length;
		char *word = strip(is_marked ? line + strlen(mark) : line);

		if (has_nul)
			wrong = "has a NUL byte behind it";
		else if (*word != '\0')
			wrong = take(opaque, word);
		if (wrong != NULL)
			snprintf(error, size, "%s:%u: \"%.60s\" %s", path,
			    number, word, wrong);
	}
	if (wrong == NULL && ferror(file)) {
		snprintf(error, size, "%s: %s", path, strerror(errno));
		result = -1;
	}
	free(line);
	fclose(file);
	return wrong != NULL ? -1 : result;
}
