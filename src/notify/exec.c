/*
 * exec.c -- run the administrator's program with an event (notify.exec).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/exec.h"

#include "base/log.h"
#include "base/mem.h"
#include "server/run_program.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { LONGEST_OUTPUT = 4096 };

static void
keep(void *captured, const char *bytes, size_t length)
{
	text_add_n(captured, bytes, length);
}

/* Log what it printed, line by line. */
static void
log_output(const char *name, struct text *captured)
{
	char *rest = NULL;

	for (size_t i = 0; i < captured->length; i++)
		if (captured->bytes[i] == '\0')
			captured->bytes[i] = ' ';
	for (char *line = strtok_r(captured->bytes, "\r\n", &rest);
	     line != NULL; line = strtok_r(NULL, "\r\n", &rest))
		log_info("%s: %s", name, line);
	if (captured->is_cut)
		log_info("%s: (more of its output is not logged)", name);
}

static enum delivery
judge(enum program_end end, int status)
{
	if (end != PROGRAM_EXITED || status == EX_TEMPFAIL)
		return DELIVERY_RETRY;
	return status == 0 ? DELIVERY_DONE : DELIVERY_REFUSED;
}

void
exec_run(const struct strings *command, const char *input, uint32_t timeout_ms,
    struct fate *fate)
{
	const char **arguments = mem_new(command->count + 1,
	    sizeof(*arguments));
	char output[LONGEST_OUTPUT + 1];
	struct text captured, why;
	const struct program program = {
		.arguments = arguments,
		.input = input,
		.input_length = strlen(input),
		.take = keep,
		.taker = &captured,
		.timeout_ms = timeout_ms,
	};
	enum program_end end;
	int status;

	for (size_t i = 0; i < command->count; i++)
		arguments[i] = command->list[i];
	text_init(&captured, output, sizeof(output));
	text_init(&why, fate->text, sizeof(fate->text));
	end = program_run(&program, &status);
	log_output(command->list[0], &captured);
	if (end == PROGRAM_FAILED)
		text_printf(&why, "cannot run %s: %s", command->list[0],
		    strerror(status));
	else
		program_explain(end, status, &why);
	free(arguments);
	fate->result = judge(end, status);
	fate->is_down = end == PROGRAM_LATE || end == PROGRAM_FAILED;
}
