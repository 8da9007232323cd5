/*
 * postfix_command.h -- run a command of Postfix and read what it prints.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POSTFIX_POSTFIX_COMMAND_H
#define POSTFIX_POSTFIX_COMMAND_H

#include <stdbool.h>

struct postfix_command {
	const char *program;	/* "postqueue": it is searched for */
	const char *config;	/* Postfix's configuration directory, or NULL */
	const char *const *arguments;	/* NULL at the end; at most 1000 */
	const char *input;	/* or NULL */
	/* Each line that it prints, without its end. */
	void (*take)(void *taker, const char *line);
	void *taker;
	bool takes_errors;	/* its standard error too; else that is for
				 * the log, should it fail */
	bool may_fail;		/* an exit status is no failure */
};

/* Run it. Return 0, or an exit status of ours after saying why: EX_UNAVAILABLE
 * if there is no such program, EX_TEMPFAIL if it failed. */
int postfix_run(const struct postfix_command *);

#endif
