/*
 * mode_table.c -- what the program can be told to do: the table of modes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/mode_table.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "import/import.h"
#include "jobs/blocks.h"
#include "jobs/clean.h"
#include "jobs/copy_store.h"
#include "jobs/explain.h"
#include "jobs/forget.h"
#include "jobs/overrides.h"
#include "jobs/report.h"
#include "jobs/stats.h"
#include "jobs/status.h"
#include "jobs/test_notify.h"
#include "jobs/unblock.h"
#include "jobs/what_if.h"
#include "policy/store_of.h"
#include "postfix/check_postfix.h"
#include "replay/replay.h"
#include "roles/check_config.h"
#include "roles/daemon.h"
#include "store/pgbouncer.h"
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
	return check_config_run(job, command->is_live);
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
	log_error(config_is_section(command->subject) ?
	    "\"%.60s\" is a section: name one of its keys, as "
	    "--dump-config prints them" :
	    "there is no key \"%.60s\": see policyd.yaml(5)",
	    command->subject);
	return JOB_NOT_FOUND;
}

static int
init_store(const struct job *job, const struct command *command)
{
	int64_t deadline_ms = clock_mono_ms() + INIT_PATIENCE_MS;
	struct store *store;
	enum store_result result;

	if (command->proxies > 0 && !command->is_proxy) {
		log_error("--pgbouncer goes with --proxy");
		return EX_USAGE;
	}
	store = store_of(job->config);
	if (command->proxies > 0)
		result = store_print_pooler(store, command->proxies, job->out,
		    deadline_ms);
	else if (command->is_proxy)
		result = store_init_proxy(store, deadline_ms);
	else
		result = store_init(store, true, deadline_ms);
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
	const struct unblock_order order = {
		.names = command->rest,
		.count = command->rest_count,
		.since_s = command->since_s,
		.is_sure = command->is_sure,
		.learns = command->is_learn,
		.mail = command->mail,
	};

	if (command->mail.postfix_config != NULL &&
	    command->mail.action == HELD_MAIL_LEAVE) {
		log_error("--postfix-config goes with --release and --delete");
		return EX_USAGE;
	}
	if (order.count == 0 && order.since_s < 0) {
		log_error("--unblock wants accounts, @domains or --since");
		return EX_USAGE;
	}
	return unblock_run(job, &order);
}

static int
forget(const struct job *job, const struct command *command)
{
	return forget_run(job, command->subject, command->is_sure);
}

static int
override(const struct job *job, const struct command *command)
{
	const struct override_order order = {
		.account = command->subject,
		.changes = command->rest,
		.count = command->rest_count,
		.comment = command->comment,
		.duration_s = command->duration_s,
	};
	bool changes = order.count > 0 || order.comment != NULL ||
	    order.duration_s >= 0;

	if (changes == (command->mail.action == HELD_MAIL_DELETE)) {
		log_error("--override wants KEY=VALUE ..., --for and "
		    "--comment, or --delete alone");
		return EX_USAGE;
	}
	return changes ? overrides_set(job, &order) :
			 overrides_delete(job, command->subject);
}

static int
list_overrides(const struct job *job, const struct command *command)
{
	(void)command;
	return overrides_list(job);
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
	return what_if_run(job, command->rest, command->rest_count,
	    command->rows >= 0 ? (size_t)command->rows : STATS_ROWS);
}

static int
replay(const struct job *job, const struct command *command)
{
	const struct replay_order order = {
		.words = command->rest,
		.count = command->rest_count,
		.has_what_if = (command->extras & WITH(EXTRA_WHAT_IF)) != 0,
		.is_learn = command->is_learn,
		.judge_from = command->judge_from,
		.rows = command->rows >= 0 ? (size_t)command->rows :
					     STATS_ROWS,
	};

	return replay_run(job, &order);
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
	const struct blocks_order order = {
		.names = command->rest,
		.count = command->rest_count,
		.since_s = command->since_s,
		.rows = command->rows,
		.would = command->would,
	};

	return blocks_list(job, &order);
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
status(const struct job *job, const struct command *command)
{
	(void)command;
	return status_run(job);
}

static int
test_notify(const struct job *job, const struct command *command)
{
	(void)command;
	return test_notify_run(job);
}

const struct mode_row modes_table[] = {
	{ "check-config", 't', ARGUMENT_NONE, WITH(EXTRA_LIVE), false, true,
	    check_config },
	{ "dump-config", 0, ARGUMENT_NONE, 0, false, true, dump_config },
	{ "get-config", 0, ARGUMENT_ONE, 0, false, true, get_config },
	{ "init-store", 0, ARGUMENT_NONE, WITH(EXTRA_PROXY) |
	    WITH(EXTRA_PGBOUNCER), false, false, init_store },
	{ "clean", 0, ARGUMENT_NONE, 0, false, false, clean },
	{ "status", 0, ARGUMENT_NONE, 0, false, false, status },
	{ "list-blocked", 0, ARGUMENT_ANY, WITH(EXTRA_SINCE) |
	    WITH(EXTRA_ROWS) | WITH(EXTRA_WOULD), false, false, list_blocked },
	{ "block", 0, ARGUMENT_ONE, WITH(EXTRA_FOR) | WITH(EXTRA_REASON),
	    false, false, block },
	{ "unblock", 0, ARGUMENT_ANY, WITH(EXTRA_RELEASE) |
	    WITH(EXTRA_DELETE) | WITH(EXTRA_POSTFIX) | WITH(EXTRA_SINCE) |
	    WITH(EXTRA_LEARN) | WITH(EXTRA_YES), false, true, unblock },
	{ "forget", 0, ARGUMENT_ONE, WITH(EXTRA_YES), false, false, forget },
	{ "override", 0, ARGUMENT_ONE_AND_MORE, WITH(EXTRA_FOR) |
	    WITH(EXTRA_COMMENT) | WITH(EXTRA_DELETE), false, false,
	    override },
	{ "list-overrides", 0, ARGUMENT_NONE, 0, false, false,
	    list_overrides },
	{ "explain", 0, ARGUMENT_ONE_OR_TWO, 0, false, false, explain },
	{ "copy-store", 0, ARGUMENT_TWO, 0, false, false, copy_store },
	{ "import-config", 0, ARGUMENT_TWO, 0, true, true, import_config },
	{ "check-postfix", 0, ARGUMENT_NONE, WITH(EXTRA_POSTFIX), false, true,
	    check_postfix },
	{ "report", 0, ARGUMENT_NONE, 0, false, false, report },
	{ "stats", 0, ARGUMENT_TWO_AT_MOST, WITH(EXTRA_MORE_THAN) |
	    WITH(EXTRA_ROWS), false, false, stats },
	{ "what-if", 0, ARGUMENT_ONE_OR_MORE, WITH(EXTRA_ROWS), false, false,
	    what_if },
	{ "replay", 0, ARGUMENT_ANY, WITH(EXTRA_ROWS) | WITH(EXTRA_LEARN) |
	    WITH(EXTRA_JUDGE_FROM) | WITH(EXTRA_WHAT_IF), false, true,
	    replay },
	{ "test-notify", 0, ARGUMENT_NONE, 0, false, false, test_notify },
	{ .name = NULL },
};

const struct mode_row modes_serve = { "serve", 0, ARGUMENT_NONE,
	WITH(EXTRA_DAEMON), true, true, serve };
