/*
 * modes.c -- what the program can be told to do: the table of modes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/modes.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "import/import.h"
#include "jobs/blocks.h"
#include "jobs/clean.h"
#include "jobs/copy.h"
#include "jobs/explain.h"
#include "jobs/notify_trial.h"
#include "jobs/report.h"
#include "jobs/stats.h"
#include "jobs/what_if.h"
#include "policy/store_of.h"
#include "postfix/check.h"
#include "roles/daemon.h"
#include "roles/geoip_files.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

/* Creating the schema may wait for another server that does. */
enum { INIT_PATIENCE_MS = 600000 };

/* In the background the server works in "/". Links are not followed: where
 * they lead may change before a reload. */
static char *
absolute(const char *path)
{
	char directory[4096];

	if (path[0] == '/' || getcwd(directory, sizeof(directory)) == NULL)
		return mem_dup(path);
	return mem_printf("%s/%s", directory, path);
}

static int
serve(const struct job *job, const struct command *command)
{
	char *path = absolute(command->config_path);
	const struct daemon_options options = {
		.config_path = path,
		.is_config_optional = !command->is_config_given,
		.is_verbose = command->is_verbose,
		.is_daemon = command->is_daemon,
	};
	int status;

	(void)job;
	status = daemon_run(&options);
	free(path);
	return status;
}

static int
check_config(const struct job *job, const struct command *command)
{
	(void)command;
	/* What would keep the server from starting is an error here too. */
	if (geoip_files_try(job->config) != 0)
		return EX_CONFIG;
	if (job->is_json)
		fputs("{\"result\": \"ok\"}\n", job->out);
	else
		fprintf(job->out, "%s: ok\n", job->config->path);
	return EX_OK;
}

static int
dump_config(const struct job *job, const struct command *command)
{
	(void)command;
	config_dump(job->config, job->out);
	return EX_OK;
}

static int
get_config(const struct job *job, const struct command *command)
{
	if (config_get(job->config, command->subject, job->out) == 0)
		return EX_OK;
	log_error("there is no key \"%.60s\": see policyd.yaml(5)",
	    command->subject);
	return JOB_NOT_FOUND;
}

static int
init_store(const struct job *job, const struct command *command)
{
	(void)command;
	struct store *store = store_of(job->config);
	enum store_result result = store_init(store, true,
	    clock_mono_ms() + INIT_PATIENCE_MS);

	store_close(store);
	return result == STORE_DONE ? EX_OK : EX_UNAVAILABLE;
}

static int
block(const struct job *job, const struct command *command)
{
	return blocks_add(job, command->subject, command->duration_s >= 0 ?
	    (uint32_t)command->duration_s : job->config->block.duration_s,
	    command->reason);
}

static int
unblock(const struct job *job, const struct command *command)
{
	return blocks_remove(job, command->subject, &command->mail);
}

static int
explain(const struct job *job, const struct command *command)
{
	const struct geo_paths geoip = geo_paths_of(&job->config->geoip);

	return explain_run(job, command->subject, command->second, &geoip);
}

static int
copy_store(const struct job *job, const struct command *command)
{
	return copy_run(job, command->subject, command->second);
}

/* There may be no configuration of ours yet. */
static int
import_config(const struct job *job, const struct command *command)
{
	return import_run(command->subject, command->second, job->out, stderr);
}

static int
stats(const struct job *job, const struct command *command)
{
	const struct stats_order order = {
		.name = command->subject,
		.account = command->second,
		.more_than = command->more_than,
		.rows = command->rows,
	};

	return stats_run(job, &order);
}

static int
what_if(const struct job *job, const struct command *command)
{
	return what_if_run(job, command->changes, command->change_count,
	    command->rows >= 0 ? (size_t)command->rows : STATS_ROWS);
}

static int
clean(const struct job *job, const struct command *command)
{
	(void)command;
	return clean_run(job);
}

static int
list_blocked(const struct job *job, const struct command *command)
{
	(void)command;
	return blocks_list(job);
}

static int
report(const struct job *job, const struct command *command)
{
	(void)command;
	return report_show(job);
}

static int
check_postfix(const struct job *job, const struct command *command)
{
	return postfix_check_run(job, command->mail.postfix_config);
}

static int
test_notify(const struct job *job, const struct command *command)
{
	(void)command;
	return notify_trial(job);
}

const struct mode_row modes_table[MODES_COUNT] = {
	{ "check-config", ARGUMENT_NONE, false, check_config },
	{ "dump-config", ARGUMENT_NONE, false, dump_config },
	{ "get-config", ARGUMENT_ONE, false, get_config },
	{ "init-store", ARGUMENT_NONE, false, init_store },
	{ "clean", ARGUMENT_NONE, false, clean },
	{ "list-blocked", ARGUMENT_NONE, false, list_blocked },
	{ "block", ARGUMENT_ONE, false, block },
	{ "unblock", ARGUMENT_ONE, false, unblock },
	{ "explain", ARGUMENT_ONE_OR_TWO, false, explain },
	{ "copy-store", ARGUMENT_TWO, false, copy_store },
	{ "import-config", ARGUMENT_TWO, true, import_config },
	{ "check-postfix", ARGUMENT_NONE, false, check_postfix },
	{ "report", ARGUMENT_NONE, false, report },
	{ "stats", ARGUMENT_TWO_AT_MOST, false, stats },
	{ "what-if", ARGUMENT_ONE_OR_MORE, false, what_if },
	{ "test-notify", ARGUMENT_NONE, false, test_notify },
};

const struct mode_row modes_serve = { "serve", ARGUMENT_NONE, true, serve };
