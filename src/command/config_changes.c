/*
 * config_changes.c -- a configuration with other values, for --what-if.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "command/config_changes.h"

#include "base/log.h"
#include "base/mem.h"
#include "config/spelling.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* The row of the key in KEY=VALUE, or NULL. */
static const struct key *
key_of(const char *change, size_t length)
{
	char *key = mem_dup_n(change, length);
	const struct key *row = spelling_find(key);

	free(key);
	return row;
}

bool
changes_has_key(const char *argument)
{
	const char *equals = strchr(argument, '=');

	return equals != NULL &&
	    key_of(argument, (size_t)(equals - argument)) != NULL;
}

/* The environment wins over the file, so that the value is read and checked
 * like any other. Returns 0 or an exit status. */
static int
apply(const char *section, const char *change)
{
	char variable[KEYS_VARIABLE_SIZE];
	const char *equals = strchr(change, '=');
	size_t length = equals == NULL ? 0 : (size_t)(equals - change);
	const struct key *row;

	if (equals == NULL) {
		log_error("--what-if wants KEY=VALUE, like "
			  "limits.countries=2, not \"%.60s\"", change);
		return EX_USAGE;
	}
	row = strncmp(change, section, strlen(section)) == 0 ?
	    key_of(change, length) : NULL;
	if (row == NULL && *section != '\0') {
		log_error("--what-if knows the keys below \"%.*s\", not "
			  "\"%.*s\"; with --replay it knows all",
		    (int)strlen(section) - 1, section, length < 60 ? (int)length : 60, change);
		return EX_USAGE;
	}
	if (row == NULL || row->type >= OPTION_RULES) {
		log_error("--what-if: \"%.*s\" is no key of that kind: see "
			  "policyd.yaml(5)", length < 60 ? (int)length : 60,
		    change);
		return EX_USAGE;
	}
	if (setenv(spelling_variable(row, variable), equals + 1, 1) != 0) {
		log_error("out of memory for \"%.60s\"", change);
		return EX_OSERR;
	}
	return EX_OK;
}

struct config *
changes_load(const struct job *job, const char *section,
    char *const *changes, size_t count, int *status)
{
	struct config *config;

	*status = EX_OK;
	for (size_t i = 0; i < count && *status == EX_OK; i++)
		*status = apply(section, changes[i]);
	if (*status != EX_OK)
		return NULL;
	config = config_load(job->config->path, true, stderr);
	if (config == NULL)
		*status = EX_USAGE;
	return config;
}
