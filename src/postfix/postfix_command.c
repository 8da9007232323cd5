/*
 * postfix_command.c -- run a command of Postfix and read what it prints.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "postfix/postfix_command.h"

#include "base/log.h"
#include "base/mem.h"
#include "server/run_program.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum {
	/* Postfix waits for its own services for so long, and a queue may be
	 * large. */
	TIMEOUT_MS = 300000,
	ARGUMENTS_MAX = 1000,
	ERRORS_SIZE = 2000,
};

/* Bytes made into lines. */
struct lines {
	const struct postfix_command *command;
	char *bytes;
	size_t length, room;
};

static void
end_line(struct lines *lines)
{
	lines->bytes[lines->length] = '\0';
	lines->command->take(lines->command->taker, lines->bytes);
	lines->length = 0;
}

static void
take(void *taker, const char *bytes, size_t length)
{
	struct lines *lines = taker;

	for (size_t i = 0; i < length; i++) {
		if (lines->length + 1 >= lines->room) {
			lines->room = 2 * lines->room + 1024;
			lines->bytes = mem_grow(lines->bytes, lines->room, 1);
		}
		if (bytes[i] == '\n')
			end_line(lines);
		else
			lines->bytes[lines->length++] = bytes[i];
	}
}

static int
judge(const struct postfix_command *command, enum program_end end, int status,
    const char *errors)
{
	char bytes[200];
	struct text why;

	if (end == PROGRAM_EXITED && (status == 0 || command->may_fail))
		return EX_OK;
	text_init(&why, bytes, sizeof(bytes));
	program_explain(end, status, &why);
	log_error("%s: %s%s%s", command->program, bytes,
	    errors[0] != '\0' ? ": " : "", errors);
	return EX_TEMPFAIL;
}

int
postfix_run(const struct postfix_command *command)
{
	char path[PATH_MAX];
	const char *arguments[ARGUMENTS_MAX + 4] = { path };
	size_t count = 1;
	char errors_bytes[ERRORS_SIZE];
	struct text errors;
	struct lines lines = { .command = command };
	struct program program = { .arguments = arguments,
		.input = command->input, .take = take, .taker = &lines,
		.timeout_ms = TIMEOUT_MS };
	enum program_end end;
	int status;

	if (program_find(command->program, path) != 0) {
		log_error("%s is not in %s: is Postfix installed?",
		    command->program, PROGRAM_PATH);
		return EX_UNAVAILABLE;
	}
	if (command->config != NULL) {
		arguments[count++] = "-c";
		arguments[count++] = command->config;
	}
	for (size_t i = 0; i < ARGUMENTS_MAX && command->arguments[i] != NULL;
	     i++)
		arguments[count++] = command->arguments[i];
	text_init(&errors, errors_bytes, sizeof(errors_bytes));
	if (!command->takes_errors)
		program.errors = &errors;
	if (command->input != NULL)
		program.input_length = strlen(command->input);
	signal(SIGPIPE, SIG_IGN);
	end = program_run(&program, &status);
	if (lines.length > 0)
		end_line(&lines);
	free(lines.bytes);
	return judge(command, end, status, errors_bytes);
}
