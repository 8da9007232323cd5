/*
 * mode_table.h -- what the program can be told to do: the table of modes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ROLES_MODE_TABLE_H
#define ROLES_MODE_TABLE_H

#include "command/job.h"
#include "postfix/held_mail.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Options that go with some modes alone. */
enum extra {
	EXTRA_DAEMON,
	EXTRA_LIVE,
	EXTRA_PROXY,
	EXTRA_PGBOUNCER,
	EXTRA_FOR,
	EXTRA_REASON,
	EXTRA_RELEASE,
	EXTRA_DELETE,
	EXTRA_POSTFIX,
	EXTRA_MORE_THAN,
	EXTRA_ROWS,
	EXTRA_COMMENT,
	EXTRA_SINCE,
	EXTRA_YES,
	EXTRA_LEARN,
	EXTRA_JUDGE_FROM,
	EXTRA_WHAT_IF,
	EXTRA_WOULD,
	EXTRAS
};
#define WITH(extra) (1U << (extra))

/* What the command line says. */
struct command {
	const char *config_path;
	bool is_config_given;
	bool is_verbose, is_json, is_daemon, is_live, is_proxy;
	int64_t proxies;	/* of --pgbouncer; 0: it is not given */
	const struct mode_row *mode;
	unsigned extras;	/* WITH(...) of those that are given */
	const char *subject;	/* the mode's argument */
	const char *second;	/* the mode's second argument, or NULL */
	char *const *rest;	/* what is left behind the options */
	size_t rest_count;
	const char *reason;
	const char *comment;	/* NULL: not given */
	bool is_sure;
	bool would;
	int64_t since_s;	/* -1: not given */
	int64_t duration_s;	/* -1: not given */
	int64_t more_than, rows;	/* -1: not given */
	bool is_learn;
	const char *judge_from;	/* NULL: not given */
	struct held_mail_order mail;	/* on hold: --release, --delete */
};

/* How many arguments a mode takes, its own included. */
enum argument {
	ARGUMENT_NONE,
	ARGUMENT_ONE,
	ARGUMENT_ONE_OR_TWO,
	ARGUMENT_TWO,
	ARGUMENT_TWO_AT_MOST,
	ARGUMENT_ONE_OR_MORE,
	ARGUMENT_ONE_AND_MORE,	/* its own, and any number behind it */
	ARGUMENT_ANY,
};

struct mode_row {
	const char *name;	/* the long option */
	char letter;		/* the short one, 0: none */
	enum argument argument;
	unsigned extras;	/* WITH(...) of those that go with it */
	bool is_free;		/* reads no configuration of ours */
	bool keeps_root;	/* else root becomes server.user for it */
	int (*run)(const struct job *, const struct command *);
};

/* All that are asked for by an option; ends with a NULL name. */
extern const struct mode_row modes_table[];

/* Without a mode. */
extern const struct mode_row modes_serve;

#endif
