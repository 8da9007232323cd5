/*
 * status_file.c -- how the running server is, told in a file (server.status).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/status_file.h"

#include "base/file_replace.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static json_t *
counts_json(const struct status *status)
{
	json_t *object = json_object();

	for (int i = 0; i < STAT_COUNT; i++)
		if (!counters_info((enum counter)i)->is_bucket)
			json_object_set_new(object,
			    counters_info((enum counter)i)->name,
			    json_integer((json_int_t)status->counts[i]));
	return object;
}

int
status_file_write(const struct status *status, const char *path)
{
	struct replacement new;
	json_t *document, *missing;

	if (replace_begin(&new, path, 0644) != 0)
		return -1;
	missing = json_array();
	for (int i = 0; i < GEOIP_FILES; i++)
		json_array_append_new(missing,
		    json_boolean(status->is_missing[i]));
	document = json_pack("{sI sI sI ss ss sb so so}", "at",
	    (json_int_t)status->at_ms, "pid", (json_int_t)status->pid,
	    "since", (json_int_t)status->since_ms, "version", status->version, "mode", status->mode, "schema",
	    status->is_schema_ready, "geoip_missing", missing, "counters",
	    counts_json(status));
	json_dumpf(document, new.file, JSON_INDENT(1));
	fputc('\n', new.file);
	json_decref(document);
	return replace_end(&new, false);
}

static int64_t
number_of(const json_t *object, const char *name)
{
	return (int64_t)json_integer_value(json_object_get(object, name));
}

static void
take_word(char *word, size_t size, const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	snprintf(word, size, "%s", value != NULL ? value : "");
}

int
status_file_read(struct status *status, const char *path)
{
	/* Whatever stands there, nobody waits for it. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const json_t *missing, *counters;
	json_t *document;

	memset(status, 0, sizeof(*status));
	if (fd < 0)
		return -1;
	document = json_loadfd(fd, 0, NULL);
	close(fd);
	status->at_ms = number_of(document, "at");
	status->pid = number_of(document, "pid");
	if (status->at_ms <= 0 || status->pid <= 0) {
		json_decref(document);
		errno = EINVAL;
		return -1;
	}
	take_word(status->version, sizeof(status->version), document,
	    "version");
	take_word(status->mode, sizeof(status->mode), document, "mode");
	status->is_schema_ready =
	    json_is_true(json_object_get(document, "schema"));
	missing = json_object_get(document, "geoip_missing");
	counters = json_object_get(document, "counters");
	for (int i = 0; i < GEOIP_FILES; i++)
		status->is_missing[i] =
		    json_is_true(json_array_get(missing, (size_t)i));
	status->since_ms = number_of(document, "since");
	for (int i = 0; i < STAT_COUNT; i++)
		status->counts[i] = (uint64_t)number_of(counters,
		    counters_info((enum counter)i)->name);
	json_decref(document);
	return 0;
}

bool
status_file_is_live(const struct status *status, int64_t now_ms)
{
	int64_t age_ms = now_ms - status->at_ms;

	/* A clock that was set says nothing until the next is written. */
	return age_ms > -STATUS_STALE_MS && age_ms < STATUS_STALE_MS &&
	    (kill((pid_t)status->pid, 0) == 0 || errno == EPERM);
}
