/*
 * main.c -- the program: its command line, its configuration, its mode.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/log.h"
#include "command/subject.h"
#include "config/config.h"
#include "roles/command_line.h"
#include "server/descriptors.h"
#include "server/privs.h"

#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

/* What root asks for is done by the user of the server: the database lets him
 * in, and files that are made are his. Return 0 or an exit status. */
static int
become_server(const struct config *config)
{
	struct privs privs;
	uid_t uid;
	int status = EX_OK;

	/* Where there is no such user no server can run either. */
	if (geteuid() != 0 ||
	    privs_find_user(config->server.user, &uid) != 0)
		return EX_OK;
	if (privs_lookup(&privs, config->server.user, config->server.group) !=
	    0)
		return EX_CONFIG;
	if (privs_drop(&privs) != 0)
		status = EX_NOPERM;
	privs_clear(&privs);
	return status;
}

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
		status = become_server(config);
	if (status == EX_OK)
		status = command.mode->run(&job, &command);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("policyd: standard output");
		status = EX_IOERR;
	}
	config_free(config);
	return status;
}
