/*
 * main.c -- the command line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/log.h"
#include "base/text.h"
#include "config/config.h"
#include "roles/modes.h"
#include "server/descriptors.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define DEFAULT_CONFIG POLICYD_SYSCONFDIR "/policyd.yaml"

/* Constant once it is parsed. */
static struct command command = { .config_path = DEFAULT_CONFIG,
	.reason = "", .duration_s = -1, .more_than = -1, .rows = -1 };

/* --- the command line ---------------------------------------------------- */

static const char help[] =
    "Usage: policyd [-c FILE] [-v] [-j] [MODE]\n"
    "Postfix policy service that blocks accounts used from too many places.\n"
    "  -c, --config FILE   read FILE, not " DEFAULT_CONFIG "\n"
    "  -v, --verbose       log at level debug    -j, --json     print JSON\n"
    "  -h, --help          print this            -V, --version  say which it is\n"
    "Without a mode the server runs in the foreground; -d, --daemon: behind it.\n"
    "  -t, --check-config                is the configuration good?\n"
    "  --dump-config  --get-config KEY   all effective values, or one\n"
    "  --init-store                      create or upgrade the store's schema\n"
    "  --copy-store FROM_URL TO_URL      carry a store over to another\n"
    "  --import-config PROGRAM FILE      print its configuration as one of ours\n"
    "  --clean                           delete what expired: for cron\n"
    "  --list-blocked                    who is blocked, since when and why\n"
    "  --explain ACCOUNT [ADDRESS]       why it is treated as it is\n"
    "  --block ACCOUNT [--for DURATION] [--reason TEXT]\n"
    "  --unblock ACCOUNT [--release | --delete]   its mail on hold, that is\n"
    "  --stats [NAME [ACCOUNT]] [--rows N] [--more-than N]\n"
    "  --what-if limits.KEY=VALUE ...    whom other limits would have blocked\n"
    "  --report                          who reached a limit or rate lately\n"
    "  --check-postfix [--postfix-config DIR]   does it ask us, as it should?\n"
    "  --test-notify                     send a test notification now\n"
    "Exit status: 0 done, 1 not found, 64 usage, 69 unavailable, 75 try again,\n"
    "77 permission, 78 configuration. See policyd(8) and policyd.yaml(5).\n";

/* Letters of options that have no short form. */
enum {
	OPTION_MODE = 256,
	OPTION_FOR = 512,
	OPTION_REASON,
	OPTION_MORE_THAN,
	OPTION_ROWS,
	OPTION_RELEASE,
	OPTION_DELETE,
	OPTION_POSTFIX,
};

static int
usage(const char *what, const char *which)
{
	fprintf(stderr, "policyd: %s%s; try policyd --help\n", what, which);
	return EX_USAGE;
}

static int
set_mode(const struct mode_row *mode, const char *argument)
{
	if (command.mode != NULL)
		return usage("only one mode at a time: not also --",
		    mode->name);
	command.mode = mode;
	command.subject = argument;
	return 0;
}

static int
set_number(int64_t *number, const char *option)
{
	*number = text_parse_number(optarg, INT32_MAX);
	return *number >= 0 ? 0 : usage(option, optarg);
}

/* Take one option; returns 0 or an exit status. */
static int
take(int letter)
{
	if (letter >= OPTION_MODE && letter < OPTION_MODE + MODES_COUNT)
		return set_mode(&modes_table[letter - OPTION_MODE], optarg);
	switch (letter) {
	case 'c':
		command.config_path = optarg;
		command.is_config_given = true;
		return 0;
	case 'v':
		command.is_verbose = true;
		return 0;
	case 'j':
		command.is_json = true;
		return 0;
	case 'd':
		command.is_daemon = true;
		return 0;
	case 't':
		return set_mode(&modes_table[0], NULL);
	case OPTION_FOR:
		command.duration_s = text_parse_duration(optarg);
		if (command.duration_s < 0 ||
		    command.duration_s > INT32_MAX)
			return usage("--for wants a duration like 90s, 15m, "
			    "24h or 7d, at most 24855d, not ", optarg);
		return 0;
	case OPTION_REASON:
		command.reason = optarg;
		return 0;
	case OPTION_RELEASE:
	case OPTION_DELETE:
		if (command.mail.action != HELD_MAIL_LEAVE)
			return usage("--release or --delete, once", "");
		command.mail.action = letter == OPTION_RELEASE ?
		    HELD_MAIL_RELEASE : HELD_MAIL_DELETE;
		return 0;
	case OPTION_POSTFIX:
		if (optarg[0] != '/')
			return usage("--postfix-config wants an absolute "
			    "path, not ", optarg);
		command.mail.postfix_config = optarg;
		return 0;
	case OPTION_MORE_THAN:
		return set_number(&command.more_than,
		    "--more-than wants a number, not ");
	case OPTION_ROWS:
		return set_number(&command.rows,
		    "--rows wants a number, 0 for all, not ");
	default:
		return EX_USAGE; /* getopt_long said why */
	}
}

/* Hand what is left of the command line to the mode. */
static int
take_arguments(int left, char **rest)
{
	enum argument argument = command.mode->argument;

	if (argument == ARGUMENT_TWO && left == 0)
		return usage("a second argument is missing for --",
		    command.mode->name);
	if (argument == ARGUMENT_ONE_OR_MORE) {
		if (left == 0)
			return usage("an argument is missing for --",
			    command.mode->name);
		command.changes = rest;
		command.change_count = (size_t)left;
		return 0;
	}
	if (argument == ARGUMENT_TWO_AT_MOST && left > 0) {
		command.subject = *rest++;
		left--;
	}
	if (argument != ARGUMENT_NONE && argument != ARGUMENT_ONE &&
	    left > 0) {
		command.second = *rest++;
		left--;
	}
	return left > 0 ? usage("what is this for: ", *rest) : 0;
}

/* Do the options fit together? */
static int
check_command(int left, char **rest)
{
	const char *mode;
	int status;

	if (command.mode == NULL)
		command.mode = &modes_serve;
	mode = command.mode->name;
	status = take_arguments(left, rest);
	if (status != 0)
		return status;
	if (command.is_daemon && command.mode != &modes_serve)
		return usage("--daemon does not go with --", mode);
	if ((command.duration_s >= 0 || command.reason[0] != '\0') &&
	    strcmp(mode, "block") != 0)
		return usage("--for and --reason go with --block", "");
	if (command.mail.action != HELD_MAIL_LEAVE && strcmp(mode, "unblock") != 0)
		return usage("--release and --delete go with --unblock", "");
	if (command.mail.postfix_config != NULL &&
	    command.mail.action == HELD_MAIL_LEAVE &&
	    strcmp(mode, "check-postfix") != 0)
		return usage("--postfix-config goes with --check-postfix, "
		    "--release and --delete", "");
	if (command.more_than >= 0 && strcmp(mode, "stats") != 0)
		return usage("--more-than goes with --stats", "");
	if (command.rows >= 0 && strcmp(mode, "stats") != 0 &&
	    strcmp(mode, "what-if") != 0)
		return usage("--rows goes with --stats and --what-if", "");
	return 0;
}

/* Does the option itself have an argument? Where there may be none, or many,
 * they are what is left behind the options. */
static int
takes_argument(enum argument argument)
{
	return argument == ARGUMENT_NONE || argument == ARGUMENT_TWO_AT_MOST ||
	    argument == ARGUMENT_ONE_OR_MORE ? no_argument :
					       required_argument;
}

static int
parse(int argc, char **argv)
{
	static const struct option fixed[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "json", no_argument, NULL, 'j' },
		{ "daemon", no_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ "for", required_argument, NULL, OPTION_FOR },
		{ "reason", required_argument, NULL, OPTION_REASON },
		{ "more-than", required_argument, NULL, OPTION_MORE_THAN },
		{ "rows", required_argument, NULL, OPTION_ROWS },
		{ "release", no_argument, NULL, OPTION_RELEASE },
		{ "delete", no_argument, NULL, OPTION_DELETE },
		{ "postfix-config", required_argument, NULL, OPTION_POSTFIX },
	};
	enum { FIXED = sizeof(fixed) / sizeof(fixed[0]) };
	struct option options[FIXED + MODES_COUNT + 1] = { { NULL, 0, NULL, 0 } };
	int letter;
	int status;

	memcpy(options, fixed, sizeof(fixed));
	for (int i = 0; i < MODES_COUNT; i++)
		options[FIXED + i] = (struct option){ modes_table[i].name,
			takes_argument(modes_table[i].argument), NULL,
			OPTION_MODE + i };
	while ((letter = getopt_long(argc, argv, "c:vjdthV", options, NULL)) !=
	    -1) {
		if (letter == 'h' || letter == 'V') {
			fputs(letter == 'h' ? help :
			    "policyd " POLICYD_VERSION "\n", stdout);
			exit(EX_OK);
		}
		status = take(letter);
		if (status != 0)
			return status;
	}
	return check_command(argc - optind, argv + optind);
}

int
main(int argc, char **argv)
{
	struct job job = { .out = stdout };
	struct config *config = NULL;
	int status;

	if (descriptors_complete() != 0)
		return EX_OSERR;
	status = parse(argc, argv);
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
	status = command.mode->run(&job, &command);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("policyd: standard output");
		status = EX_IOERR;
	}
	config_free(config);
	return status;
}
