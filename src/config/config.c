/*
 * config.c -- the configuration, read once and then constant.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/config.h"

#include "base/mem.h"
#include "base/netset.h"
#include "config/draft.h"
#include "config/dump.h"
#include "config/providers.h"
#include "config/spelling.h"
#include "config/validate.h"
#include "config/warnings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LARGEST_FILE = 16 * 1024 * 1024 };

extern char **environ;

/* Text of all warnings, to be freed. */
static char *
find_warnings(struct draft *draft)
{
	char *text = NULL;
	size_t length = 0;

	draft->warnings.file = draft->complaints.file;
	draft->warnings.out = mem_stream(&text, &length);
	warnings_find(draft);
	fclose(draft->warnings.out);
	return text;
}

static struct config *
finish(struct draft *draft)
{
	struct config *config = draft->config;
	bool is_good;

	draft_read_environment(draft, environ);
	validate(draft);
	is_good = draft->complaints.count == 0;
	if (is_good)
		config->warnings = find_warnings(draft);
	draft_clear(draft);
	if (is_good)
		return config;
	config_free(config);
	return NULL;
}

static void
begin(struct draft *draft, const char *path, FILE *errors)
{
	struct config *config = mem_new(1, sizeof(*config));

	config->path = mem_dup(path);
	draft_init(draft, config, config->path, errors);
}

struct config *
config_parse(const char *text, size_t length, const char *path, FILE *errors)
{
	struct draft draft;

	begin(&draft, path, errors);
	draft_read(&draft, text, length);
	return finish(&draft);
}

/* All that is in a file; NULL with errno set if it cannot be read. */
static char *
read_all(FILE *file, size_t *length)
{
	char *text = NULL;
	size_t room = 0;

	*length = 0;
	do {
		room = room == 0 ? 16 * 1024 : room * 2;
		text = mem_grow(text, room, 1);
		*length += fread(text + *length, 1, room - *length, file);
	} while (*length == room && room < LARGEST_FILE);
	if (!ferror(file) && *length < LARGEST_FILE)
		return text;
	if (*length == LARGEST_FILE)
		errno = EFBIG;
	free(text);
	return NULL;
}

/* Read an open file over the defaults. */
static void
read_file(struct draft *draft, FILE *file)
{
	struct place whole = { 0 };
	struct stat info;
	size_t length;
	char *text = read_all(file, &length);

	if (text == NULL) {
		complain(&draft->complaints, &whole, "cannot be read: %s",
		    strerror(errno));
		return;
	}
	draft->is_public = fstat(fileno(file), &info) == 0 &&
			   S_ISREG(info.st_mode) &&
			   (info.st_mode & S_IROTH) != 0;
	draft_read(draft, text, length);
	free(text);
}

struct config *
config_load(const char *path, bool is_optional, FILE *errors)
{
	struct place whole = { 0 };
	FILE *file = fopen(path, "re");
	int reason = errno;
	struct draft draft;

	begin(&draft, path, errors);
	draft.config->has_file = file != NULL;
	if (file != NULL) {
		read_file(&draft, file);
		fclose(file);
	} else if (reason != ENOENT || !is_optional) {
		complain(&draft.complaints, &whole, "cannot be opened: %s",
		    strerror(reason));
	}
	return finish(&draft);
}

void
config_free(struct config *config)
{
	if (config == NULL)
		return;
	if (config->owners > 0) {
		config->owners--;
		return;
	}
	for (const struct key *o = keys; o->key != NULL; o++) {
		draft_forget(o, config);
		if (o->type == OPTION_SECRET)
			free(*(char **)((char *)config + o->aside));
	}
	netset_free(config->exempt.networks);
	providers_free(config->providers.all);
	netset_free(config->rates.networks);
	free(config->endpoints.list);
	free(config->path);
	free(config->warnings);
	free(config);
}

struct config *
config_share(struct config *config)
{
	config->owners++;
	return config;
}

void
config_dump(const struct config *config, FILE *out)
{
	dump_all(config, out);
}

bool
config_is_section(const char *name)
{
	return spelling_is_section(name);
}

int
config_get(const struct config *config, const char *key, FILE *out)
{
	const struct key *option = spelling_find(key);

	if (option == NULL)
		return -1;
	dump_value(option, config, out);
	return 0;
}
