/*
 * main.c -- options, the table of modes, the table of roles.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/config.h"
#include "facts/geo.h"
#include "facts/store.h"
#include "jobs/blocks.h"
#include "jobs/clean.h"
#include "jobs/explain.h"
#include "policy/limits.h"
#include "roles/housekeeper.h"
#include "roles/worker.h"
#include "server/master.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define DEFAULT_CONFIG POLICYD_SYSCONFDIR "/policyd.yaml"

/* Creating the schema may wait for another server that does. */
enum { INIT_PATIENCE_MS = 600000 };

/* What the command line says. */
struct command {
	const char *config_path;
	bool is_config_given;
	bool is_verbose, is_json, is_daemon;
	const struct mode_row *mode;
	const char *subject;	/* the mode's argument */
	const char *address;	/* --explain's second */
	const char *reason;
	int64_t duration_s;	/* -1: not given */
};

/* Where load() finds the command line: it is constant once parsed. */
static struct command command = { .config_path = DEFAULT_CONFIG,
	.reason = "", .duration_s = -1 };

/* --- serving ------------------------------------------------------------- */

/* Copy the GeoIP file and see that it can be used. */
static int
load_geoip(const struct config *config, struct snapshot *snapshot)
{
	struct geo *geo;

	snapshot->fd = -1;
	if (config->geoip.country[0] == '\0')
		return 0;
	if (snapshot_take(snapshot, config->geoip.country) != 0)
		return -1;
	geo = geo_open(snapshot->path, config->geoip.country);
	if (geo == NULL) {
		snapshot_close(snapshot);
		return -1;
	}
	log_info("geoip: %s (%s)", config->geoip.country, geo_type(geo));
	geo_close(geo);
	return 0;
}

/* A file that was good before and is not now: the old copy stays. */
static int
keep_geoip(const struct config *config, const struct load *current,
    struct snapshot *snapshot)
{
	if (load_geoip(config, snapshot) == 0)
		return 0;
	if (current == NULL || current->geoip.fd < 0 ||
	    strcmp(config->geoip.country, current->config->geoip.country) !=
		0)
		return -1;
	log_warning("geoip: going on with the file as it was before");
	return snapshot_share(snapshot, &current->geoip);
}

/* Read the configuration; what is wrong with it goes to the log. */
static struct config *
read_config_to_log(void)
{
	char *errors = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&errors, &length);
	struct config *config;
	char *state = NULL;

	if (stream == NULL)
		return NULL;
	config = config_load(command.config_path, !command.is_config_given,
	    stream);
	fclose(stream);
	for (char *line = strtok_r(errors, "\n", &state); line != NULL;
	     line = strtok_r(NULL, "\n", &state))
		log_error("%s", line);
	free(errors);
	return config;
}

static struct load *
load(enum load_reason reason, const struct load *current)
{
	struct load *new = mem_new(1, sizeof(*new));

	new->config = reason == LOAD_REFRESH ? config_share(current->config) :
					       read_config_to_log();
	if (new->config == NULL) {
		free(new);
		return NULL;
	}
	if (command.is_verbose)
		new->config->log.level = LOG_LEVEL_DEBUG;
	if (reason == LOAD_START)
		log_setup(&new->config->log);
	if (keep_geoip(new->config, reason == LOAD_START ? NULL : current,
		&new->geoip) != 0) {
		config_free(new->config);
		free(new);
		return NULL;
	}
	return new;
}

static void
unload(struct load *old)
{
	snapshot_close(&old->geoip);
	config_free(old->config);
	free(old);
}

static size_t
roles(const struct config *config, struct role table[ROLES_MAX])
{
	table[0] = (struct role){ "worker", config->server.workers,
		worker_run };
	table[1] = (struct role){ "housekeeper", 1, housekeeper_run };
	return 2;
}

static int
serve(const struct job *job)
{
	static const struct service service = { load, unload, roles };
	struct master_options options = { command.is_daemon, "" };

	(void)job;
	return master_run(&service, &options);
}

/* --- other modes --------------------------------------------------------- */

static int
check_config(const struct job *job)
{
	struct snapshot geoip;

	/* What would keep the server from starting is an error here too. */
	if (load_geoip(job->config, &geoip) != 0)
		return EX_CONFIG;
	snapshot_close(&geoip);
	if (job->is_json)
		fputs("{\"result\": \"ok\"}\n", job->out);
	else
		fprintf(job->out, "%s: ok\n", job->config->path);
	return EX_OK;
}

static int
dump_config(const struct job *job)
{
	config_dump(job->config, job->out);
	return EX_OK;
}

static int
get_config(const struct job *job)
{
	if (config_get(job->config, command.subject, job->out) == 0)
		return EX_OK;
	log_error("there is no key \"%.60s\": see policyd.yaml(5)",
	    command.subject);
	return JOB_NOT_FOUND;
}

static int
init_store(const struct job *job)
{
	struct store *store = store_open(job->config, &limits_policy);
	enum store_result result = store_init(store, true,
	    clock_mono_ms() + INIT_PATIENCE_MS);

	store_close(store);
	return result == STORE_DONE ? EX_OK : EX_UNAVAILABLE;
}

static int
block(const struct job *job)
{
	return blocks_add(job, command.subject, command.duration_s >= 0 ?
	    (uint32_t)command.duration_s : job->config->block.duration_s,
	    command.reason);
}

static int
unblock(const struct job *job)
{
	return blocks_remove(job, command.subject);
}

static int
explain(const struct job *job)
{
	return explain_run(job, command.subject, command.address,
	    job->config->geoip.country);
}

/* --- the command line ---------------------------------------------------- */

enum argument { ARGUMENT_NONE, ARGUMENT_ONE, ARGUMENT_ONE_OR_TWO };

static const struct mode_row {
	const char *name;
	int letter;	/* 0: no short form */
	enum argument argument;
	int (*run)(const struct job *);
} modes[] = {
	{ "check-config", 't', ARGUMENT_NONE, check_config },
	{ "dump-config", 0, ARGUMENT_NONE, dump_config },
	{ "get-config", 0, ARGUMENT_ONE, get_config },
	{ "init-store", 0, ARGUMENT_NONE, init_store },
	{ "clean", 0, ARGUMENT_NONE, clean_run },
	{ "list-blocked", 0, ARGUMENT_NONE, blocks_list },
	{ "block", 0, ARGUMENT_ONE, block },
	{ "unblock", 0, ARGUMENT_ONE, unblock },
	{ "explain", 0, ARGUMENT_ONE_OR_TWO, explain },
};
enum { MODES = sizeof(modes) / sizeof(modes[0]) };

static const struct mode_row serve_mode = { "serve", 0, ARGUMENT_NONE, serve };

static const char help[] =
    "Usage: policyd [-c FILE] [-v] [MODE]\n"
    "Postfix policy service that blocks accounts used from too many places.\n"
    "\n"
    "  -c, --config FILE        read FILE, not " DEFAULT_CONFIG "\n"
    "  -v, --verbose            log at level debug\n"
    "  -j, --json               print JSON\n"
    "  -h, --help               print this and exit\n"
    "  -V, --version            print the version and exit\n"
    "\n"
    "Without a mode the server runs in the foreground.\n"
    "  -d, --daemon             run it in the background\n"
    "  -t, --check-config       say whether the configuration is good\n"
    "      --dump-config        print the effective configuration\n"
    "      --get-config KEY     print one value\n"
    "      --init-store         create or upgrade the store's schema\n"
    "      --clean              delete what expired: for cron\n"
    "      --list-blocked       list the blocked accounts\n"
    "      --block ACCOUNT      block it [--for DURATION] [--reason TEXT]\n"
    "      --unblock ACCOUNT    unblock it and start a fresh count\n"
    "      --explain ACCOUNT [ADDRESS]\n"
    "                           why it is treated as it is\n"
    "\n"
    "Exit status: 0 done, 1 not found, 64 usage, 69 unavailable, 75 try\n"
    "again, 77 permission, 78 configuration. See policyd(8), policyd.yaml(5).\n";

/* Letters of options that have no short form. */
enum { OPTION_MODE = 256, OPTION_FOR = 512, OPTION_REASON };

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

/* Take one option; returns 0 or an exit status. */
static int
take(int letter)
{
	if (letter >= OPTION_MODE && letter < OPTION_MODE + MODES)
		return set_mode(&modes[letter - OPTION_MODE], optarg);
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
		return set_mode(&modes[0], NULL);
	case OPTION_FOR:
		command.duration_s = text_parse_duration(optarg);
		if (command.duration_s < 0 ||
		    command.duration_s > INT32_MAX)
			return usage("--for wants a duration like 90s, 15m, "
			    "24h or 7d, not ", optarg);
		return 0;
	case OPTION_REASON:
		command.reason = optarg;
		return 0;
	default:
		return EX_USAGE; /* getopt_long said why */
	}
}

/* Do the options fit together? */
static int
check_command(int left, char **rest)
{
	bool is_block;

	if (command.mode == NULL)
		command.mode = &serve_mode;
	is_block = strcmp(command.mode->name, "block") == 0;
	if (command.mode->argument == ARGUMENT_ONE_OR_TWO && left > 0) {
		command.address = *rest;
		left--;
		rest++;
	}
	if (left > 0)
		return usage("what is this for: ", *rest);
	if (command.is_daemon && command.mode != &serve_mode)
		return usage("--daemon does not go with --",
		    command.mode->name);
	if (!is_block &&
	    (command.duration_s >= 0 || command.reason[0] != '\0'))
		return usage("--for and --reason go with --block", "");
	return 0;
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
	};
	enum { FIXED = sizeof(fixed) / sizeof(fixed[0]) };
	struct option options[FIXED + MODES + 1] = { { NULL, 0, NULL, 0 } };
	int letter;
	int status;

	memcpy(options, fixed, sizeof(fixed));
	for (int i = 0; i < MODES; i++)
		options[FIXED + i] = (struct option){ modes[i].name,
			modes[i].argument == ARGUMENT_NONE ?
			no_argument : required_argument, NULL,
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
	struct config *config;
	int status = parse(argc, argv);

	if (status != 0)
		return status;
	if (command.mode == &serve_mode)
		return serve(NULL);
	config = config_load(command.config_path, !command.is_config_given,
	    stderr);
	if (config == NULL)
		return EX_CONFIG;
	if (command.is_verbose)
		log_setup(&(struct log_options){ .level = LOG_LEVEL_DEBUG });
	job.config = config;
	job.is_json = command.is_json;
	status = command.mode->run(&job);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("policyd: standard output");
		status = EX_IOERR;
	}
	config_free(config);
	return status;
}
