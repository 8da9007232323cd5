/*
 * main.c -- the program: its command line, its configuration, its mode.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/log.h"
#include "command/account_subject.h"
#include "command/server_user.h"
#include "config/config.h"
#include "roles/command_line.h"
#include "server/descriptors.h"

#include <stdio.h>
#include <sysexits.h>

int
main(int argc, char **argv)
{
	char user[SUBJECT_USER_SIZE];
	struct job job = { .out = stdout, .user = subject_user(user) };
	struct config *config = NULL;
	struct command command;
	int status;

	if (descriptors_complete() != 0)
		return EX_OSERR;
	status = command_line_read(&command, argc, argv);
	if (status != 0)
		return status;
	if (!command.mode->is_free) {
		config = config_load(command.config_path,
		    !command.is_config_given, stderr);
		if (config == NULL)
			return EX_CONFIG;
	}
	if (command.is_verbose)
		log_setup(&(struct log_options){ .level = LOG_LEVEL_DEBUG });
	job.config = config;
	job.is_json = command.is_json;
	if (!command.mode->keeps_root)
		status = server_user_become(config);
	if (status == EX_OK)
		status = command.mode->run(&job, &command);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("policyd: standard output");
		status = EX_IOERR;
	}
	config_free(config);
	return status;
}
