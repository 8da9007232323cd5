/*
 * command_line.c -- the command line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/command_line.h"

#include "roles/mode_extras.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define DEFAULT_CONFIG POLICYD_SYSCONFDIR "/policyd.yaml"

static const char help[] =
    "Usage: policyd [-c FILE] [-v] [-j] [MODE]\n"
    "Postfix policy service that blocks accounts used from too many places.\n"
    "  -c, --config FILE   read FILE, not " DEFAULT_CONFIG "\n"
    "  -v, --verbose       log at level debug    -j, --json     print JSON\n"
    "  -h, --help          print this            -V, --version  say which it is\n"
    "Without a mode the server runs in the foreground; -d, --daemon: behind it.\n"
    "  -t, --check-config [--live]       is it good? --live: try its servers too\n"
    "  --dump-config  --get-config KEY   all effective values, or one\n"
    "  --copy-store FROM_URL TO_URL  --import-config PROGRAM FILE     carry it over\n"
    "  --init-store [--proxy [--pgbouncer N]]  --clean  tables; delete what "
    "expired\n"
    "  --list-blocked [--would]  --list-overrides   who is blocked; whose limits\n"
    "  --explain ACCOUNT [ADDRESS]  --forget ACCOUNT   why it is so; delete it all\n"
    "  --block ACCOUNT [--for DURATION] [--reason TEXT]\n"
    "  --unblock ACCOUNT|@DOMAIN ... [--since DURATION] [--learn] [--yes]\n"
    "            [--release | --delete]  and what becomes of mail on hold\n"
    "  --override ACCOUNT --delete | KEY=VALUE ... [--for DURATION] "
    "[--comment TEXT]\n"
    "  --stats [NAME [ACCOUNT]] [--rows N] [--more-than N]\n"
    "  --what-if limits.KEY=VALUE ...    whom other limits would have blocked\n"
    "  --status  --report                how it is; who reached a limit lately\n"
    "  --replay [--judge-from DATE] [--learn | --what-if KEY=VALUE ...] LOG ...\n"
    "  --check-postfix [--postfix-config DIR]  --test-notify    do they work?\n"
    "Exit status: 0 done, 1 not found, 64 usage, 69 unavailable, 75 try again,\n"
    "77 permission, 78 configuration. See policyd(8) and policyd.yaml(5).\n";

/* What getopt_long returns for options that have no short form. */
enum { OPTION_MODE = 256, OPTION_EXTRA = 512, OPTIONS_MAX = 64 };

static int
usage(const char *what, const char *which)
{
	fprintf(stderr, "policyd: %s%s; try policyd --help\n", what, which);
	return EX_USAGE;
}

/* --- options of some modes ----------------------------------------------- */

static int
take_extra(struct command *command, enum extra extra, const char *argument)
{
	const char *wanted;

	if ((command->extras & extras_table[extra].excludes) != 0)
		return usage("--release or --delete, once", "");
	command->extras |= WITH(extra);
	wanted = extras_table[extra].take(command, argument);
	if (wanted == NULL)
		return 0;
	fprintf(stderr, "policyd: --%s wants %s, not %s; try policyd --help\n",
	    extras_table[extra].name, wanted, argument);
	return EX_USAGE;
}

/* "--rows goes with --stats and --what-if" */
static int
refuse_extra(enum extra extra)
{
	const char *before = " ";

	fprintf(stderr, "policyd: --%s goes with", extras_table[extra].name);
	if ((modes_serve.extras & WITH(extra)) != 0)
		fputs(" the server alone, without a mode", stderr);
	for (const struct mode_row *row = modes_table; row->name != NULL;
	     row++) {
		if ((row->extras & WITH(extra)) == 0)
			continue;
		fprintf(stderr, "%s--%s", before, row->name);
		before = " and ";
	}
	fputs("; try policyd --help\n", stderr);
	return EX_USAGE;
}

/* --- the whole ----------------------------------------------------------- */

/* WITH(...) of the option that a mode is beside another mode, or 0. */
static unsigned
as_option(const struct mode_row *mode)
{
	for (int i = 0; i < EXTRAS; i++)
		if (extras_table[i].take == NULL &&
		    strcmp(extras_table[i].name, mode->name) == 0)
			return WITH(i);
	return 0;
}

static int
set_mode(struct command *command, const struct mode_row *mode,
    const char *argument)
{
	const struct mode_row *first = command->mode;

	if (first != NULL && (first->extras & as_option(mode)) != 0) {
		command->extras |= as_option(mode);
		return 0;
	}
	if (first != NULL && (mode->extras & as_option(first)) != 0)
		command->extras |= as_option(first);
	else if (first != NULL)
		return usage("only one mode at a time: not also --",
		    mode->name);
	command->mode = mode;
	command->subject = argument;
	return 0;
}

/* Take one option; returns 0 or an exit status. */
static int
take(struct command *command, int letter)
{
	if (letter >= OPTION_EXTRA)
		return take_extra(command,
		    (enum extra)(letter - OPTION_EXTRA), optarg);
	if (letter >= OPTION_MODE)
		return set_mode(command, &modes_table[letter - OPTION_MODE],
		    optarg);
	switch (letter) {
	case 'c':
		command->config_path = optarg;
		command->is_config_given = true;
		return 0;
	case 'v':
		command->is_verbose = true;
		return 0;
	case 'j':
		command->is_json = true;
		return 0;
	default:
		break;
	}
	for (int i = 0; i < EXTRAS; i++)
		if (extras_table[i].letter == letter)
			return take_extra(command, (enum extra)i, optarg);
	for (const struct mode_row *row = modes_table; row->name != NULL;
	     row++)
		if (row->letter == letter)
			return set_mode(command, row, optarg);
	return EX_USAGE; /* getopt_long said why */
}

/* Hand what is left of the command line to the mode. */
static int
take_arguments(struct command *command, int left, char **rest)
{
	enum argument argument = command->mode->argument;

	if (argument == ARGUMENT_TWO && left == 0)
		return usage("a second argument is missing for --",
		    command->mode->name);
	if (argument >= ARGUMENT_ONE_OR_MORE) {
		if (left == 0 && argument == ARGUMENT_ONE_OR_MORE)
			return usage("an argument is missing for --",
			    command->mode->name);
		command->rest = rest;
		command->rest_count = (size_t)left;
		return 0;
	}
	if (argument == ARGUMENT_TWO_AT_MOST && left > 0) {
		command->subject = *rest++;
		left--;
	}
	if (argument != ARGUMENT_NONE && argument != ARGUMENT_ONE &&
	    left > 0) {
		command->second = *rest++;
		left--;
	}
	return left > 0 ? usage("what is this for: ", *rest) : 0;
}

/* Do the options fit together? */
static int
check_command(struct command *command, int left, char **rest)
{
	int status;

	if (command->mode == NULL)
		command->mode = &modes_serve;
	status = take_arguments(command, left, rest);
	if (status != 0)
		return status;
	for (int i = 0; i < EXTRAS; i++)
		if ((command->extras & ~command->mode->extras & WITH(i)) != 0)
			return refuse_extra((enum extra)i);
	return 0;
}

/* Does the option itself have an argument? Where there may be none, or many,
 * they are what is left behind the options. */
static int
takes_argument(enum argument argument)
{
	return argument == ARGUMENT_NONE || argument == ARGUMENT_TWO_AT_MOST ||
	    argument == ARGUMENT_ONE_OR_MORE || argument == ARGUMENT_ANY ?
	    no_argument : required_argument;
}

/* Fill in the table that getopt_long wants. */
static void
list_options(struct option list[OPTIONS_MAX])
{
	static const struct option fixed[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
	};
	size_t count = sizeof(fixed) / sizeof(fixed[0]);

	memset(list, 0, OPTIONS_MAX * sizeof(*list));
	memcpy(list, fixed, sizeof(fixed));
	for (int i = 0; i < EXTRAS; i++)
		if (extras_table[i].take != NULL)
			list[count++] = (struct option){ extras_table[i].name,
				extras_table[i].has_argument ? required_argument :
							 no_argument, NULL,
				OPTION_EXTRA + i };
	for (int i = 0; modes_table[i].name != NULL; i++) {
		assert(count + 1 < OPTIONS_MAX);
		list[count++] = (struct option){ modes_table[i].name,
			takes_argument(modes_table[i].argument), NULL,
			OPTION_MODE + i };
	}
}

int
command_line_read(struct command *command, int argc, char **argv)
{
	struct option list[OPTIONS_MAX];
	int letter;
	int status;

	*command = (struct command){ .config_path = DEFAULT_CONFIG,
		.reason = "", .duration_s = -1, .since_s = -1, .more_than = -1,
		.rows = -1 };
	list_options(list);
	while ((letter = getopt_long(argc, argv, "c:vjdthV", list, NULL)) !=
	    -1) {
		if (letter == 'h' || letter == 'V') {
			fputs(letter == 'h' ? help :
			    "policyd " POLICYD_VERSION "\n", stdout);
			exit(EX_OK);
		}
		status = take(command, letter);
		if (status != 0)
			return status;
	}
	return check_command(command, argc - optind, argv + optind);
}
