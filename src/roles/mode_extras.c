/*
 * mode_extras.c -- the options that go with some modes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/mode_extras.h"

#include "base/duration.h"
#include "base/text.h"

#include <stdlib.h>

static const char *
take_daemon(struct command *command, const char *argument)
{
	(void)argument;
	command->is_daemon = true;
	return NULL;
}

static const char *
take_live(struct command *command, const char *argument)
{
	(void)argument;
	command->is_live = true;
	return NULL;
}

static const char *
read_duration(int64_t *duration_s, const char *argument)
{
	*duration_s = duration_parse(argument);
	return *duration_s >= 0 && *duration_s <= INT32_MAX ? NULL :
	    "a duration like 90s, 15m, 24h or 7d, at most 24855d";
}

static const char *
take_proxy(struct command *command, const char *argument)
{
	(void)argument;
	command->is_proxy = true;
	return NULL;
}

static const char *
take_pgbouncer(struct command *command, const char *argument)
{
	command->proxies = text_parse_number(argument, INT32_MAX);
	return command->proxies > 0 ? NULL : "how many proxies there are";
}

static const char *
take_for(struct command *command, const char *argument)
{
	return read_duration(&command->duration_s, argument);
}

static const char *
take_since(struct command *command, const char *argument)
{
	return read_duration(&command->since_s, argument);
}

static const char *
take_yes(struct command *command, const char *argument)
{
	(void)argument;
	command->is_sure = true;
	return NULL;
}

static const char *
take_would(struct command *command, const char *argument)
{
	(void)argument;
	command->would = true;
	return NULL;
}

static const char *
take_comment(struct command *command, const char *argument)
{
	command->comment = argument;
	return NULL;
}

static const char *
take_reason(struct command *command, const char *argument)
{
	command->reason = argument;
	return NULL;
}

static const char *
take_release(struct command *command, const char *argument)
{
	(void)argument;
	command->mail.action = HELD_MAIL_RELEASE;
	return NULL;
}

static const char *
take_delete(struct command *command, const char *argument)
{
	(void)argument;
	command->mail.action = HELD_MAIL_DELETE;
	return NULL;
}

static const char *
take_postfix(struct command *command, const char *argument)
{
	command->mail.postfix_config = argument;
	return argument[0] == '/' ? NULL : "an absolute path";
}

static const char *
take_learn(struct command *command, const char *argument)
{
	(void)argument;
	command->is_learn = true;
	return NULL;
}

static const char *
take_judge_from(struct command *command, const char *argument)
{
	command->judge_from = argument;
	return NULL;
}

static const char *
take_more_than(struct command *command, const char *argument)
{
	command->more_than = text_parse_number(argument, INT32_MAX);
	return command->more_than >= 0 ? NULL : "a number";
}

static const char *
take_rows(struct command *command, const char *argument)
{
	command->rows = text_parse_number(argument, INT32_MAX);
	return command->rows >= 0 ? NULL : "a number, 0 for all";
}

const struct extra_row extras_table[EXTRAS] = {
	[EXTRA_DAEMON] = { "daemon", 'd', false, 0, take_daemon },
	[EXTRA_LIVE] = { "live", 0, false, 0, take_live },
	[EXTRA_PROXY] = { "proxy", 0, false, 0, take_proxy },
	[EXTRA_PGBOUNCER] = { "pgbouncer", 0, true, 0, take_pgbouncer },
	[EXTRA_FOR] = { "for", 0, true, 0, take_for },
	[EXTRA_REASON] = { "reason", 0, true, 0, take_reason },
	[EXTRA_RELEASE] = { "release", 0, false, WITH(EXTRA_DELETE),
	    take_release },
	[EXTRA_DELETE] = { "delete", 0, false, WITH(EXTRA_RELEASE),
	    take_delete },
	[EXTRA_POSTFIX] = { "postfix-config", 0, true, 0, take_postfix },
	[EXTRA_MORE_THAN] = { "more-than", 0, true, 0, take_more_than },
	[EXTRA_ROWS] = { "rows", 0, true, 0, take_rows },
	[EXTRA_COMMENT] = { "comment", 0, true, 0, take_comment },
	[EXTRA_SINCE] = { "since", 0, true, 0, take_since },
	[EXTRA_YES] = { "yes", 0, false, 0, take_yes },
	[EXTRA_WOULD] = { "would", 0, false, 0, take_would },
	[EXTRA_LEARN] = { "learn", 0, false, 0, take_learn },
	[EXTRA_JUDGE_FROM] = { "judge-from", 0, true, 0, take_judge_from },
	[EXTRA_WHAT_IF] = { "what-if", 0, false, 0, NULL },
};
